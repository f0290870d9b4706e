"""Tests of what the measures ask of Bazel, and of what they make of the time it takes."""

import ast
from pathlib import Path

import pytest

from tools.bench import measures
from tools.bench.tests.recorded import Recorded

EDITED = measures.EDITED


def test_overhead_leaves_out_the_no_op(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(arguments: tuple[str, ...]) -> float:
        return 7.0 if "--nocache_test_results" in arguments else 1.0

    def bare(checkout: Recorded) -> None:
        checkout.now += 4.0

    checkout = Recorded(tmp_path, cost)
    checkout.keep_time(monkeypatch)
    monkeypatch.setattr(measures, "run_bare", bare)

    ratio, noop = measures.hermetic_overhead(checkout)

    assert ratio.samples == (1.5,) * measures.ROUNDS
    assert noop.samples == (1.0,) * measures.ROUNDS
    tests = list((checkout.root / measures.OVERHEAD).glob("test_*.py"))
    assert len(tests) == measures.TESTS


def test_generated_tests_are_python_and_differ(tmp_path: Path) -> None:
    checkout = Recorded(tmp_path)

    measures.add_tests(checkout)

    folder = checkout.root / measures.OVERHEAD
    build = (folder / "BUILD.bazel").read_text()
    assert build.count("pytest_test(\n") == measures.TESTS
    sources = [file.read_text() for file in folder.glob("test_*.py")]
    assert len(set(sources)) == measures.TESTS
    assert all(map(ast.parse, sources))


def test_bare_run_starts_every_test_on_the_build_s_own_files(tmp_path: Path) -> None:
    checkout = Recorded(tmp_path)
    (checkout.root / measures.OVERHEAD).mkdir(parents=True)
    external = checkout.output_base / "external"
    for name in measures.BARE:
        (external / f"hub+pip_{name}" / "site-packages").mkdir(parents=True)
    python = external / "rules+python_interpreter/bin/python3.14"
    python.parent.mkdir(parents=True)
    started = tmp_path / "started"
    python.write_text(f'#!/bin/sh\necho "$PYTHONPATH $*" >>{started}\n')
    python.chmod(0o755)

    measures.run_bare(checkout)

    lines = started.read_text().splitlines()
    assert len(lines) == measures.TESTS
    assert {line.split()[-1] for line in lines} == {
        f"test_{number}.py" for number in range(measures.TESTS)
    }
    folders = lines[0].split()[0].split(":")
    assert [Path(folder).parent.name for folder in folders] == [
        f"hub+pip_{name}" for name in measures.BARE
    ]


def test_checks_are_compared_with_the_same_build_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(arguments: tuple[str, ...]) -> float:
        return 2.0 if "--config=nochecks" in arguments else 3.0

    checkout = Recorded(tmp_path, cost)
    checkout.write(EDITED, "JOBS = 1\n")
    checkout.keep_time(monkeypatch)

    cold, ratio, noop, verdict = measures.checks(checkout)

    assert cold.samples == (3.0,)
    assert ratio.samples == (1.5,) * measures.ROUNDS
    assert noop.value == verdict.value == 3.0
    # The last call of every round saw an edit that none before it saw.
    edits = [files[EDITED] for files in checkout.seen[6::5]]
    assert len(set(edits)) == len(edits) == measures.ROUNDS


def test_hook_measures_commits_after_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = Recorded(tmp_path, lambda call: 0.5 if "commit" in call else 10.0)
    checkout.write(EDITED, "JOBS = 1\n")
    checkout.keep_time(monkeypatch)

    (figure,) = measures.hook(checkout)

    assert checkout.calls[0] == ("run", "//tools/checks:install_hook")
    assert sum("commit" in call for call in checkout.calls) == measures.ROUNDS + 1
    assert figure.samples == (0.5,) * measures.ROUNDS
