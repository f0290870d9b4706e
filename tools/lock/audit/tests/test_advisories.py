"""Tests of how advisories are matched."""

import pytest
from packaging.version import Version

from tools.lock.audit.advisories import AdvisoryError, Record, affects, fixed_in


def record(
    *events: dict[str, str], name: str = "shop", **more: object
) -> dict[str, object]:
    """Return an advisory of one range."""
    affected = {
        "package": {"ecosystem": "PyPI", "name": name},
        "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
    }
    return {"id": "PYSEC-1", "affected": [affected], **more}


TWICE = record(
    {"introduced": "0"}, {"fixed": "1.4"}, {"introduced": "2.0"}, {"fixed": "2.3"}
)


@pytest.mark.parametrize(
    ("version", "affected", "fixed"),
    [
        ("0.9", True, "1.4"),
        ("1.4", False, "2.3"),
        ("1.10", False, "2.3"),
        ("2.0", True, "2.3"),
        ("2.0rc1", False, "2.3"),
        ("2.3", False, None),
    ],
)
def test_a_version_is_affected_up_to_the_next_fix(
    version: str, affected: bool, fixed: str | None
) -> None:
    assert affects(TWICE, "shop", Version(version)) is affected
    found = fixed_in(TWICE, "shop", Version(version))
    assert found == (Version(fixed) if fixed else None)


def test_the_last_affected_version_is_affected() -> None:
    known = record({"introduced": "1"}, {"last_affected": "1.2"})

    assert affects(known, "shop", Version("1.2"))
    assert not affects(known, "shop", Version("1.2.1"))
    assert fixed_in(known, "shop", Version("1.2")) is None


def test_events_may_stand_in_any_order() -> None:
    assert affects(record({"fixed": "2"}, {"introduced": "0"}), "shop", Version("1"))


def test_a_version_that_is_listed_is_affected() -> None:
    package = {"ecosystem": "PyPI", "name": "shop"}
    known: Record = {
        "id": "PYSEC-1",
        "affected": [{"package": package, "versions": ["1.0", "bad version"]}],
    }

    assert affects(known, "shop", Version("1.0"))
    assert not affects(known, "shop", Version("1.1"))


@pytest.mark.parametrize(
    "known",
    [
        record({"introduced": "0"}, name="other"),
        record({"introduced": "0"}, withdrawn="2026-01-01T00:00:00Z"),
        {"id": "PYSEC-1"},
    ],
)
def test_an_advisory_of_something_else_affects_nothing(known: Record) -> None:
    assert not affects(known, "shop", Version("1"))


def test_names_are_compared_in_their_one_spelling() -> None:
    known = record({"introduced": "0"}, name="Shop_Price")

    assert affects(known, "shop-price", Version("1"))


def test_a_version_that_is_none_is_no_answer() -> None:
    with pytest.raises(AdvisoryError, match="PYSEC-1 names the version 'trunk'"):
        affects(record({"introduced": "trunk"}), "shop", Version("1"))
