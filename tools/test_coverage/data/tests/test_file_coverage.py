"""Tests that counts of one file add up exactly, and follow its groups of tests."""

from hypothesis import given
from hypothesis import strategies as st

from tools.test_coverage.data.file_coverage import (
    Branch,
    FileCoverage,
    Function,
    Group,
    merged,
)
from tools.test_coverage.data.tests.reports import FILES

BASE = FileCoverage(
    {1: 0, 2: 0, 3: 0},
    {Branch(2, 0, 3): 0, Branch(2, 0, 0): 0},
    {Function(1, "f"): 0},
    bodies={Function(1, "f"): frozenset({2, 3})},
)
ONE = Group(("//:a", "//:b"), frozenset({1, 2}), frozenset({Branch(2, 0, 0)}))
TWO = Group(("//:c",), frozenset({1, 2, 3}), frozenset({Branch(2, 0, 3)}))


@given(st.lists(FILES, max_size=4))
def test_counts_add_up_in_any_order_and_nothing_is_lost(
    files: list[FileCoverage],
) -> None:
    got = merged(files)

    assert merged(files[::-1]) == got
    assert merged([got, FileCoverage()]) == got
    assert got.lines.keys() == {line for file in files for line in file.lines}
    for line, count in got.lines.items():
        assert count == sum(file.lines.get(line, 0) for file in files)
    for branch, count in got.branches.items():
        assert count == sum(file.branches.get(branch, 0) for file in files)


@given(FILES, FILES, FILES)
def test_merging_is_associative(
    one: FileCoverage, two: FileCoverage, three: FileCoverage
) -> None:
    assert merged([merged([one, two]), three]) == merged([one, merged([two, three])])


def test_counts_are_of_tests() -> None:
    got = BASE.with_groups((ONE, TWO))

    assert got.lines == {1: 3, 2: 3, 3: 1}
    assert got.branches == {Branch(2, 0, 3): 1, Branch(2, 0, 0): 2}
    assert got.functions == {Function(1, "f"): 3}


def test_groups_can_go_again() -> None:
    assert BASE.with_groups((ONE, TWO)).with_groups((TWO,)) == BASE.with_groups((TWO,))
    assert BASE.with_groups((ONE,)).with_groups(()) == BASE


def test_branches_of_lines_that_ran_are_untaken_with_their_reasons() -> None:
    file = FileCoverage(
        {1: 1, 2: 0},
        {
            Branch(1, 0, 2): 0,
            Branch(1, 0, 3): 1,
            Branch(1, 0, 4): 0,
            Branch(2, 0, 3): 0,
        },
        reasons={Branch(1, 0, 2): "line 1 never jumped to line 2"},
    )

    assert file.untaken() == {
        1: ["line 1 never jumped to line 2", "a branch of line 1 was never taken"]
    }
