"""Tests of what is wrong with a lock, by a snapshot and a policy of fixed days."""

from datetime import date

import pytest

from tools.lock.audit.advisories import Record
from tools.lock.audit.check_advisories import check
from tools.lock.audit.judge import doubts, judge_day
from tools.lock.audit.policy import parse_policy
from tools.lock.audit.releases import Release
from tools.lock.audit.snapshot import Snapshot, format_snapshot
from tools.lock.pins import read_pins

TAKEN = date(2026, 11, 1)
LOCK = """\
kombu==5.7.0 \\
    --hash=sha256:0
    # via -r requirements.in
vine==5.1.0 \\
    --hash=sha256:0
    # via kombu
"""
VINE: Record = {
    "id": "PYSEC-2026-1",
    "aliases": ["GHSA-x", "CVE-2026-7"],
    "summary": "grows\nwithout end",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "vine"},
            "ranges": [
                {
                    "type": "ECOSYSTEM",
                    "events": [{"introduced": "0"}, {"fixed": "5.2"}],
                }
            ],
        }
    ],
}
WAIVER = """\
[[waivers]]
advisory = "CVE-2026-7"
distribution = "Vine"
reason = "nobody calls it"
since = 2026-11-01
expires = 2026-12-01
"""


def snapshot(*records: Record, names: tuple[str, ...] = ()) -> str:
    """Return a snapshot's text, of the lock's names where none are given."""
    asked = frozenset(names or ("kombu", "vine"))
    return format_snapshot(Snapshot(TAKEN, "https://osv.invalid", asked, records))


def rules(lock: str, known: str, policy: str = "") -> list[str]:
    """Return which rules a lock breaks."""
    return [found.rule for found in check(lock, known, policy)]


def test_an_advisory_is_named_with_its_fix_and_the_way_to_it() -> None:
    (found,) = check(LOCK, snapshot(VINE), "")

    assert (found.path, found.line) == ("requirements_lock.txt", 4)
    assert found.text == (
        "vine 5.1.0 has PYSEC-2026-1 (CVE-2026-7): grows without end; fixed in 5.2; "
        "here through requirements.in -> kombu -> vine"
    )
    assert "--upgrade-package vine" in found.fix


def test_a_distribution_without_advisory_has_no_finding() -> None:
    assert check(LOCK, snapshot(), "") == []


def test_a_distribution_that_nobody_asked_for_is_unknown() -> None:
    (found,) = check(LOCK, snapshot(names=("vine",)), "")

    assert found.rule == "audit/unknown"
    assert "kombu was not asked for" in found.text
    assert "--refresh" in found.fix


def test_an_advisory_that_cannot_be_compared_is_unknown() -> None:
    package = {"ecosystem": "PyPI", "name": "vine"}
    events = [{"introduced": "trunk"}]
    ranges = [{"type": "ECOSYSTEM", "events": events}]
    odd: Record = {
        "id": "PYSEC-2",
        "affected": [{"package": package, "ranges": ranges}],
    }

    assert rules(LOCK, snapshot(odd)) == ["audit/unknown"]


def test_an_advisory_may_be_waived_by_any_of_its_names() -> None:
    assert check(LOCK, snapshot(VINE), WAIVER) == []


def test_a_waiver_of_nothing_is_unneeded() -> None:
    assert rules(LOCK, snapshot(), WAIVER) == ["audit/unneeded"]


def test_a_waiver_needs_a_reason_and_an_end() -> None:
    policy = WAIVER.replace("nobody calls it", " ").replace("12-01", "12-31")
    later = policy.replace("expires = 2026", "expires = 2027")

    assert rules(LOCK, snapshot(VINE), policy) == ["audit/reason"]
    assert rules(LOCK, snapshot(VINE), later) == ["audit/reason", "audit/long"]


def test_a_waiver_that_lacks_a_key_is_no_policy() -> None:
    policy = WAIVER.replace("expires = 2026-12-01\n", "")

    (found,) = check(LOCK, snapshot(VINE), policy)

    assert (found.path, found.rule) == ("audit.toml", "audit/policy")
    assert "expires" in found.text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "isn't a snapshot"),
        ("<<<<<<< ours\n", "isn't a snapshot"),
        ('{"taken": "2026-11-01"}\n', "isn't a snapshot"),
        (snapshot(VINE).splitlines()[0] + "\n", "its header doesn't know"),
    ],
)
def test_a_snapshot_that_was_changed_by_hand_is_a_finding(
    text: str, wanted: str
) -> None:
    (found,) = check(LOCK, text, "")

    assert found.rule == "audit/snapshot"
    assert wanted in found.text


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        (date(2026, 11, 8), []),
        (date(2026, 11, 9), ["audit/old"]),
        (date(2026, 12, 1), ["audit/old"]),
        (date(2026, 12, 2), ["audit/old", "audit/expired"]),
    ],
)
def test_a_day_ends_what_holds_for_a_while(today: date, wanted: list[str]) -> None:
    taken = Snapshot(TAKEN, "https://osv.invalid", frozenset(), ())
    waivers = parse_policy(WAIVER).waivers

    assert [found.rule for found in judge_day(taken, waivers, today)] == wanted


def with_releases(**releases: Release) -> Snapshot:
    """Return a snapshot in which an index says something of releases."""
    names = frozenset(("kombu", "vine"))
    return Snapshot(TAKEN, "https://osv.invalid", names, (), releases)


def test_a_yanked_pin_is_a_finding_until_it_is_waived() -> None:
    known = format_snapshot(with_releases(vine=Release("5.1.0", "loses data", False)))
    waiver = WAIVER.replace("CVE-2026-7", "yanked")

    (found,) = check(LOCK, known, "")

    assert (found.rule, found.line) == ("audit/yanked", 4)
    assert found.text == (
        "vine 5.1.0 is yanked: loses data; here through requirements.in -> kombu -> vine"
    )
    assert check(LOCK, known, waiver) == []


def test_another_release_than_the_pinned_one_says_nothing() -> None:
    known = format_snapshot(with_releases(vine=Release("5.0", "loses data", False)))

    assert rules(LOCK, known) == []


def test_what_nobody_attests_and_what_is_unknown_is_named() -> None:
    known = with_releases(
        kombu=Release("5.7.0", "", False), vine=Release("5.0", "", True)
    )

    assert doubts(read_pins(LOCK), known) == {
        "not_attested": ["kombu"],
        "attestation_unknown": ["vine"],
        "yanked_unknown": ["vine"],
    }


def test_releases_that_were_changed_by_hand_are_a_finding() -> None:
    known = format_snapshot(with_releases(vine=Release("5.1.0", "loses data")))

    assert rules(LOCK, known.replace("loses data", "")) == ["audit/snapshot"]
