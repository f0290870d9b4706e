"""Tests of floors."""

from pathlib import Path

import pytest

from tools.test_coverage.data.file_coverage import Branch, FileCoverage
from tools.test_coverage.data.totals import Share, Totals, of_files
from tools.test_coverage.report.floors import (
    Floor,
    Floors,
    FloorsError,
    largest_gaps,
    mark_of,
    read_floors,
    shortfalls,
    table,
)

REPORT = {
    "libs/a/good.py": FileCoverage({1: 1, 2: 1}),
    "libs/b/bad.py": FileCoverage(
        {1: 1, 2: 0, 3: 0, 7: 0, 8: 2, 9: 0},
        {Branch(1, 0, 2): 0, Branch(1, 0, 8): 1},
    ),
}


def read(folder: Path, text: str) -> Floors:
    path = folder / "coverage.toml"
    path.write_text(text)
    return read_floors(path)


def test_scope_is_held_to_its_own_floor_and_else_to_the_general_one(
    tmp_path: Path,
) -> None:
    text = '[floor]\nlines = 80\nbranches = 70\n[floor."libs/a"]\nlines = 95.5\n'

    got = read(tmp_path, text + "[diff]\nlines = 90\n")

    assert got.of("libs/a") == Floor(95.5, 70)
    assert got.of("libs/b") == Floor(80, 70)
    assert got.diff == Floor(90)


def test_no_file_asks_for_nothing(tmp_path: Path) -> None:
    assert read_floors(tmp_path / "coverage.toml") == Floors()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[flor]\n", 'has "flor", wanted one of "floor", "diff"'),
        ("[floor]\nline = 3\n", r'\[floor\] has "line", wanted one of "lines"'),
        ("[floor]\nlines = '3'\n", "floor.lines is '3', wanted a percentage"),
        ("[floor]\nlines = true\n", "floor.lines is True, wanted a percentage"),
        ('[floor."libs/a"]\nlines = 101\n', 'floor."libs/a".lines is 101, wanted 0 to'),
        ("[floor\n", "found text that isn't TOML"),
    ],
)
def test_mistake_in_the_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FloorsError, match=message):
        read(tmp_path, text)


def test_scope_under_its_floor_is_found_with_where_to_begin() -> None:
    floors = Floors(Floor(50, 50), {"libs/b": Floor(90, 60)})

    got = shortfalls(REPORT, floors)

    assert [(each.scope, each.kind, each.got.text) for each in got] == [
        ("libs/b", "lines", "33.3 %"),
        ("libs/b", "branches", "50.0 %"),
    ]
    assert [(gap.first, gap.last, gap.size) for gap in got[0].gaps] == [
        (2, 7, 3),
        (9, 9, 1),
    ]


def test_floor_that_is_reached_exactly_holds() -> None:
    assert shortfalls(REPORT, Floors(scopes={"libs/b": Floor(100 * 2 / 6, 50)})) == []


def test_scope_with_a_floor_and_no_file_falls_short() -> None:
    got = shortfalls(REPORT, Floors(scopes={"libs/gone": Floor(10)}))

    assert [(each.scope, each.kind) for each in got] == [("libs/gone", "files")]
    assert "libs/gone  files  10 %   no file  0" in table(got)


def test_table_shows_scope_floor_got_and_lines() -> None:
    got = table(shortfalls(REPORT, Floors(scopes={"libs/b": Floor(90)})))

    assert got == (
        "scope   of     floor  got     missing\n"
        "libs/b  lines  90 %   33.3 %  4\n"
        "    libs/b/bad.py:2-7  3 lines, +50.0 %\n"
        "    libs/b/bad.py:9  1 lines, +16.6 %"
    ).replace("16.6", "16.7")


def test_longest_gaps_come_first() -> None:
    files = {
        f"libs/x/{n}.py": FileCoverage(dict.fromkeys(range(n), 0)) for n in range(1, 9)
    }

    got = largest_gaps(files, of_files(files.values()))

    assert [gap.size for gap in got] == [8, 7, 6, 5, 4]


@pytest.mark.parametrize(
    ("hit", "least", "mark"),
    [
        (79, 80, "under"),
        (80, 80, "near"),
        (82, 80, "near"),
        (83, 80, ""),
        (100, 99, ""),
        (0, None, ""),
    ],
)
def test_share_near_its_floor_is_marked(
    hit: int, least: float | None, mark: str
) -> None:
    assert mark_of(Share(hit, 100), least) == mark


def test_worse_mark_is_that_of_both() -> None:
    totals = Totals(Share(81, 100), Share(10, 100))

    assert Floor(80).mark_of(totals) == "near"
    assert Floor(80, 20).mark_of(totals) == "under"
    assert Floor(80, 50).mark_of(Totals()) == ""
