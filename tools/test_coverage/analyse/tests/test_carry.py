"""Tests of carrying a saved run forward."""

from pathlib import Path

import pytest

from tools.test_coverage.analyse.cache import analyse
from tools.test_coverage.analyse.carry import carry
from tools.test_coverage.analyse.raw_coverage import RawFile, Sources
from tools.test_coverage.data.file_coverage import FileCoverage
from tools.test_coverage.data.run import Point, Run

ONE, TWO = "[[1,1]]", "[[1,1],[2,2]]"

type Arcs = dict[str, dict[str, list[str]]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(f"name = {name!r}\nmore = 2\n")
    return tmp_path


def run(root: Path, arcs: Arcs, *others: str) -> Run:
    """Return the run of tests that left these arcs; others are files without."""
    tests = {
        test for groups in arcs.values() for found in groups.values() for test in found
    }
    raw = {path: RawFile(arcs.get(path, {})) for path in (*arcs, *others)}
    return Run(analyse(raw, Sources(root), {}), frozenset(tests) | {"//:new"})


def ran(run: Run) -> dict[str, dict[int, int]]:
    return {path: dict(file.lines) for path, file in run.files.items()}


def test_tests_that_did_not_run_are_carried(root: Path) -> None:
    saved = run(root, {"a.py": {ONE: ["//:old", "//:new"]}, "b.py": {TWO: ["//:old"]}})
    new = run(root, {"a.py": {TWO: ["//:new"]}})

    got = carry(new, saved, Sources(root))

    assert ran(got.run) == {"a.py": {1: 2, 2: 1}, "b.py": {1: 1, 2: 1}}
    groups = got.run.files["a.py"].groups
    assert {group.tests for group in groups} == {("//:new",), ("//:old",)}
    assert got.tests == {"//:old"}
    assert got.changed == set()
    assert got.run.tests == {"//:old", "//:new"}


def test_counts_are_those_of_one_run(root: Path) -> None:
    source = "def f(x):\n    if x:\n        return 1\n    return 2\n"
    (root / "a.py").write_text(source)
    some, others = "[[1,1],[2,2],[2,3],[3,3]]", "[[1,1],[2,2],[2,4],[4,4]]"
    whole = run(root, {"a.py": {some: ["//:new"], others: ["//:old"]}})

    got = carry(run(root, {"a.py": {some: ["//:new"]}}), whole, Sources(root))

    (carried,), (all_in_one,) = got.run.files.values(), whole.files.values()
    assert carried.lines == all_in_one.lines
    assert carried.branches == all_in_one.branches
    assert carried.functions == all_in_one.functions
    assert carried.untaken() == all_in_one.untaken() == {}


def test_untested_file_and_history_are_carried(root: Path) -> None:
    saved = run(root, {}, "a.py", "b.py", "c.py")
    point = Point("abc", 1, 1, 2, 3, 4)

    got = carry(Run(), Run(saved.files, history=(point,)), Sources(root))

    assert list(got.run.files) == ["a.py", "b.py", "c.py"]
    assert got.run.history == (point,)


def test_test_that_ran_again_and_no_longer_runs_a_file_is_not_carried(
    root: Path,
) -> None:
    saved = run(root, {"a.py": {TWO: ["//:new"]}})

    got = carry(run(root, {}), saved, Sources(root))

    assert ran(got.run) == {"a.py": {1: 0, 2: 0}}
    assert got.tests == set()


def test_what_ran_of_a_changed_file_is_dropped_and_said(root: Path) -> None:
    saved = run(root, {"a.py": {ONE: ["//:old"]}, "b.py": {ONE: ["//:old"]}})
    (root / "b.py").write_text("changed = True\n")

    got = carry(run(root, {}), saved, Sources(root))

    assert ran(got.run) == {"a.py": {1: 1, 2: 0}, "b.py": {1: 0}}
    assert got.changed == {"b.py"}


def test_changed_file_whose_tests_all_ran_is_not_said(root: Path) -> None:
    saved = run(root, {"b.py": {ONE: ["//:new"]}})
    (root / "b.py").write_text("changed = True\n")

    got = carry(run(root, {"b.py": {ONE: ["//:new"]}}), saved, Sources(root))

    assert ran(got.run) == {"b.py": {1: 1}}
    assert got.changed == set()


def test_other_settings_carry_no_counts(root: Path, tmp_path: Path) -> None:
    saved = run(root, {"b.py": {TWO: ["//:old"]}})
    settings = tmp_path / "settings.toml"
    settings.write_text('[tool.coverage.report]\nexclude_also = ["more"]\n')

    got = carry(run(root, {}), saved, Sources(root, settings))

    assert ran(got.run) == {"b.py": {1: 0}}
    assert got.changed == {"b.py"}


def test_file_that_is_gone_is_not_carried(root: Path) -> None:
    saved = run(root, {"c.py": {ONE: ["//:old"]}})
    (root / "c.py").unlink()

    got = carry(run(root, {}), saved, Sources(root))

    assert got.run.files == {}
    assert got.changed == set()


def test_counts_of_other_collectors_are_carried(root: Path) -> None:
    (root / "x.rs").write_text("fn main() {}\n")
    raw = {"x.rs": RawFile(other=FileCoverage({1: 7}))}
    saved = Run(analyse(raw, Sources(root), {}))

    assert ran(carry(run(root, {}), saved, Sources(root)).run) == {"x.rs": {1: 7}}
