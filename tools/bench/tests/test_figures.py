"""Tests of figures against their budgets."""

from tools.bench.figures import Figure, table


def test_value_is_the_median() -> None:
    assert Figure("a", "s", 1.0, (3.0, 0.5, 0.7)).value == 0.7


def test_figure_on_its_budget_is_within() -> None:
    assert Figure("a", "s", 1.0, (1.0,)).is_within
    assert not Figure("a", "s", 1.0, (1.01,)).is_within


def test_table_gives_range_and_budget() -> None:
    got = table([Figure("short", "s", 1, (2.0,)), Figure("longer", "x", 3, (1.0, 2.0))])

    assert got == (
        "OVER  short     2.00 s  (2.00 to 2.00; budget 1)\n"
        "ok    longer    1.50 x  (1.00 to 2.00; budget 3)"
    )
