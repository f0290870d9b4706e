"""Tests of carrying a saved run forward."""

import gzip
from pathlib import Path

import pytest

from tools.coverage_page.observations import Observations
from tools.coverage_page.records import FileCoverage
from tools.coverage_page.saved import (
    Point,
    SavedRun,
    carry,
    digest,
    load,
    save,
    with_point,
)

ONE, TWO = "[[1,1]]", "[[1,1],[2,2]]"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(f"name = {name!r}\n")
    return tmp_path


def saved_run(root: Path, arcs: dict[str, dict[str, list[str]]]) -> SavedRun:
    tests = {
        test for groups in arcs.values() for found in groups.values() for test in found
    }
    records = {path: FileCoverage() for path in ("a.py", "b.py", "c.py")}
    digests = {path: digest(root / path) for path in records}
    return SavedRun(Observations(arcs, records, tests), digests)


def test_tests_that_did_not_run_are_carried(root: Path) -> None:
    saved = saved_run(
        root, {"a.py": {ONE: ["//:old", "//:new"]}, "b.py": {TWO: ["//:old"]}}
    )
    new = Observations({"a.py": {TWO: ["//:new"]}}, {}, {"//:new"})

    got = carry(new, saved, root)

    assert new.arcs == {
        "a.py": {TWO: ["//:new"], ONE: ["//:old"]},
        "b.py": {TWO: ["//:old"]},
    }
    assert got.tests == {"//:old"}
    assert got.changed == set()
    assert new.tests == {"//:old", "//:new"}


def test_untested_file_is_carried(root: Path) -> None:
    new = Observations({}, {}, {"//:new"})

    carry(new, saved_run(root, {}), root)

    assert new.records.keys() == {"a.py", "b.py", "c.py"}


def test_what_was_seen_of_a_changed_file_is_dropped_and_said(root: Path) -> None:
    saved = saved_run(root, {"a.py": {ONE: ["//:old"]}, "b.py": {ONE: ["//:old"]}})
    (root / "b.py").write_text("changed = True\n")
    new = Observations({}, {}, {"//:new"})

    got = carry(new, saved, root)

    assert new.arcs == {"a.py": {ONE: ["//:old"]}}
    assert got.changed == {"b.py"}
    assert "b.py" in new.records


def test_changed_file_whose_tests_all_ran_is_not_said(root: Path) -> None:
    saved = saved_run(root, {"b.py": {ONE: ["//:new"]}})
    (root / "b.py").write_text("changed = True\n")
    new = Observations({"b.py": {TWO: ["//:new"]}}, {}, {"//:new"})

    got = carry(new, saved, root)

    assert new.arcs == {"b.py": {TWO: ["//:new"]}}
    assert got.changed == set()


def test_file_that_is_gone_is_not_carried(root: Path) -> None:
    saved = saved_run(root, {"c.py": {ONE: ["//:old"]}})
    (root / "c.py").unlink()
    new = Observations()

    got = carry(new, saved, root)

    assert "c.py" not in new.paths()
    assert got.changed == set()


def test_run_is_saved_whole_and_read_back(root: Path) -> None:
    run = saved_run(root, {"a.py": {ONE: ["//:old"]}})
    run.history.append(Point("abc", 1, 1, 2, 3, 4, {"libs/a": 50.0}))
    path = root / "deep" / "run.json.gz"

    save(path, run)

    assert load(path) == run
    assert [entry.name for entry in path.parent.iterdir()] == ["run.json.gz"]


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", b"not gzip"])
def test_saved_run_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.json.gz"
    path.write_bytes(content)

    assert load(path) is None
    assert load(tmp_path / "absent") is None


def test_saved_run_of_another_form_is_none(tmp_path: Path) -> None:
    path = tmp_path / "run.json.gz"
    path.write_bytes(gzip.compress(b'{"form": 1, "arcs": {}, "records": ""}'))

    assert load(path) is None


def test_point_of_the_same_numbers_is_not_repeated() -> None:
    first, again, other = (
        Point("a", 1, 1, 2, 0, 0),
        Point("a", 9, 1, 2, 0, 0),
        Point("b", 9, 2, 2, 0, 0),
    )

    assert with_point([first], again) == [again]
    assert with_point([first], other) == [first, other]
    assert (
        len(with_point([Point(str(n), n, 1, 2, 0, 0) for n in range(99)], other)) == 60
    )
