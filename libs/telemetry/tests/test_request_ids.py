"""Tests of what counts as a request id."""

import pytest

from libs.telemetry import request_ids


@pytest.mark.parametrize("offered", ["a", "req-1.2_3", "A" * 64])
def test_harmless_id_of_the_caller_is_kept(offered: str) -> None:
    assert request_ids.choose(offered) == offered


@pytest.mark.parametrize(
    "offered", [None, "", "A" * 65, "a\nb", "-a", 'a"b', "é", "a b"]
)
def test_other_id_is_replaced(offered: str | None) -> None:
    got = request_ids.choose(offered)

    assert got != offered
    assert request_ids.choose(got) == got


def test_new_ids_differ() -> None:
    assert len({request_ids.choose(None) for _ in range(1000)}) == 1000
