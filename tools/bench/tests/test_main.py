"""Tests of the command and its exit codes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.bench import __main__ as program
from tools.bench.figures import Figure
from tools.bench.tests.recorded import Recorded


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a workspace with one measure within its budget and one over it."""

    @contextmanager
    def scratch(_: Path) -> Iterator[Callable[[], Recorded]]:
        yield lambda: Recorded(tmp_path)

    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(program, "scratch_checkouts", scratch)
    measures = {
        "quick": lambda _: [Figure("quick one", "s", 1.0, (0.5,))],
        "slow": lambda _: [Figure("slow one", "s", 1.0, (2.0,))],
    }
    monkeypatch.setattr(program, "MEASURES", measures)
    return tmp_path


@pytest.mark.usefixtures("workspace")
def test_measure_within_its_budget_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["quick"]) == 0
    assert "ok    quick one" in capsys.readouterr().out


@pytest.mark.usefixtures("workspace")
def test_all_are_taken_and_one_over_its_budget_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert program.main([]) == 1
    out = capsys.readouterr().out
    assert "ok    quick one" in out
    assert "OVER  slow one" in out


@pytest.mark.usefixtures("workspace")
def test_unknown_measure_is_named_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert program.main(["quik"]) == 2
    assert "No measure quik; there are quick, slow." in capsys.readouterr().err


def test_outside_a_workspace_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BUILD_WORKSPACE_DIRECTORY", raising=False)

    assert program.main([]) == 2
    assert "start it by bazel run" in capsys.readouterr().err
