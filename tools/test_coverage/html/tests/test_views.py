"""Tests of what the pages show."""

from markupsafe import Markup

from tools.test_coverage.data.file_coverage import Branch, FileCoverage, Group
from tools.test_coverage.data.run import Point, Run
from tools.test_coverage.html.views import (
    SourceLine,
    build_file,
    build_index,
    build_trend,
)
from tools.test_coverage.report.floors import Floor, Floors

SOURCE = (
    'def f(x):\n    if x:\n        return "<b>"\n    return 2  # pragma: no cover\n'
)


FILE = FileCoverage(
    lines={1: 3, 2: 1, 3: 0},
    branches={Branch(2, 0, 3): 0, Branch(2, 0, 4): 1},
    groups=(
        Group(("//:b", "//:a"), frozenset({1}), frozenset()),
        Group(("//:c", "//:a"), frozenset({1, 2}), frozenset({Branch(2, 0, 4)})),
    ),
    excluded=frozenset({4}),
    reasons={Branch(2, 0, 3): "line 2 never jumped to line 3"},
)


def test_lines_have_states_counts_and_reasons() -> None:
    page = build_file("m.py", SOURCE, FILE)

    assert [(line.state, line.hits) for line in page.lines] == [
        ("ran", 3),
        ("partial", 1),
        ("missed", 0),
        ("excluded", None),
    ]
    assert page.lines[1].reasons == ("line 2 never jumped to line 3",)


def test_each_line_knows_the_tests_that_ran_it() -> None:
    page = build_file("m.py", SOURCE, FILE)

    assert page.test_sets == (("//:a", "//:b", "//:c"), ("//:a", "//:c"))
    assert [line.tests for line in page.lines] == [0, 1, None, None]


def test_code_is_marked_and_escaped() -> None:
    page = build_file("m.py", SOURCE, FileCoverage())

    assert page.lines[0].code == '<span class="key">def</span> f(x):'
    assert page.lines[2].code == (
        '        <span class="key">return</span> '
        '<span class="str">"&lt;b&gt;"</span>'
    )


def test_other_languages_are_shown_plain() -> None:
    page = build_file("m.rs", "fn main() {}\n", FileCoverage({1: 4}))

    assert page.lines == (SourceLine(1, Markup("fn main() {}"), "ran", 4),)


def test_index_has_a_row_per_scope_with_floor_and_change() -> None:
    files = {
        "libs/a/x.py": FileCoverage({1: 1, 2: 0}),
        "tools/t/y.py": FileCoverage({1: 1}),
    }
    history = (
        Point("1", 1, 1, 3, 0, 0, {"libs/a": 75.0}),
        Point("2", 2, 2, 3, 0, 0, {"libs/a": 50.0, "tools/t": 100.0}),
    )

    got = build_index(Run(files, history=history), Floors(Floor(60)), ["note"])

    assert (got.commit, got.time) == ("2", "1970-01-01 00:00 UTC")

    assert [(row.scope, row.kind, row.change) for row in got.scopes] == [
        ("libs/a", "library", -25.0),
        ("tools/t", "tool", None),
    ]
    assert [(row.lines.mark, row.mark) for row in got.scopes] == [
        ("under", "under"),
        ("", ""),
    ]
    assert [(row.path, row.missing, row.gaps) for row in got.files] == [
        ("libs/a/x.py", 1, ((2, 2),)),
        ("tools/t/y.py", 0, ()),
    ]


def test_first_run_has_no_trend() -> None:
    assert build_trend([Point("1", 1, 1, 2, 0, 0)]).change is None


def test_trend_is_drawn_from_left_to_right() -> None:
    shares = [(1, 4), (2, 4), (4, 4)]

    got = build_trend(
        [Point(str(n), n, hit, of, 0, 0) for n, (hit, of) in enumerate(shares)]
    )

    assert got.change == 50.0
    assert got.line == "0.0,26.0 60.0,18.0 120.0,2.0"


def test_flat_trend_is_a_line_in_the_middle() -> None:
    got = build_trend([Point("1", 1, 1, 2, 0, 0), Point("2", 2, 1, 2, 0, 0)])

    assert got.line == "0.0,14.0 120.0,14.0"
