"""Tests of keeping a run."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from tools.test_coverage.data.file_coverage import (
    Branch,
    FileCoverage,
    Function,
    Group,
)
from tools.test_coverage.data.run import (
    Point,
    Run,
    load,
    save,
    with_point,
)

FILE = FileCoverage(
    lines={1: 2, 3: 0},
    branches={Branch(1, 0, 3): 1, Branch(1, 0, 0): 0},
    functions={Function(1, "f"): 2, Function(3, "g@3"): 0},
    groups=(Group(("//:a", "//:b"), frozenset({1}), frozenset({Branch(1, 0, 3)})),),
    bodies={Function(1, "f"): frozenset({1}), Function(3, "g@3"): frozenset({3})},
    excluded=frozenset({7}),
    reasons={Branch(1, 0, 0): "line 1 never left the function"},
    source="s",
    key="k",
)
RUN = Run(
    {"a.py": FILE, "b.rs": FileCoverage({1: 7})},
    frozenset({"//:a", "//:b"}),
    ("libs/failed",),
    ("libs/other",),
    "r",
    5,
    (Point("abc", 1, 1, 2, 3, 4, {"libs/a": 50.0}),),
)


def test_run_is_saved_whole_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "run.json.gz"

    save(path, RUN)

    assert load(path) == RUN
    assert [entry.name for entry in path.parent.iterdir()] == ["run.json.gz"]


def test_same_run_has_the_same_bytes(tmp_path: Path) -> None:
    other = replace(RUN, files=dict(RUN.files), tests=frozenset(["//:b", "//:a"]))
    for name, run in (("one", RUN), ("two", other)):
        save(tmp_path / name, run)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x1f\x8b",
        b"not gzip",
        gzip.compress(b"{"),
        gzip.compress(b"[1]"),
        gzip.compress(b'{"form": 2, "arcs": {}}'),
        gzip.compress(b'{"form": 3, "files": {"a.py": null}}'),
    ],
)
def test_run_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.json.gz"
    path.write_bytes(content)

    assert load(path) is None
    assert load(tmp_path / "absent") is None


def points(run: Run, commit: str) -> list[tuple[str, int]]:
    return [(point.commit, point.time) for point in with_point(run, commit)]


def test_point_of_the_same_numbers_is_not_repeated() -> None:
    run = Run({"libs/a/x.py": FileCoverage({1: 1, 2: 0})}, time=1)
    again = replace(run, time=9, history=with_point(run, "a"))
    more = replace(again, files={"libs/a/x.py": FileCoverage({1: 1, 2: 1})})

    assert again.history == (Point("a", 1, 1, 2, 0, 0, {"libs/a": 50.0}),)
    assert points(again, "a") == [("a", 9)]
    assert points(again, "b") == points(more, "b") == [("a", 1), ("b", 9)]
    assert len(with_point(replace(run, history=again.history * 99), "b")) == 60
