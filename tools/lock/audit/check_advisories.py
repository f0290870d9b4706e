"""Checks the pins against a snapshot of advisories, whatever the day.

Invoked by Bazel as: check_advisories --report=FILE --lock=FILE --policy=FILE --snapshot=FILE
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tools.findings.finding import Finding, format_report
from tools.lock.audit.judge import REFRESH, judge, judge_day
from tools.lock.audit.policy import POLICY, PolicyError, parse_policy
from tools.lock.audit.snapshot import SNAPSHOT, SnapshotError, parse_snapshot
from tools.lock.pins import read_pins, read_text


def check(
    lock: str, snapshot: str, policy: str, today: date | None = None
) -> list[Finding]:
    """Return what is wrong with a lock, by the texts of the three files.

    Args:
        lock: the lock.
        snapshot: what is known of its distributions.
        policy: what is waived.
        today: as of which day; by default, whatever the day.
    """
    try:
        waivers = parse_policy(policy).waivers
        known = parse_snapshot(snapshot)
        findings = judge(read_pins(lock), known, waivers)
        return findings + (judge_day(known, waivers, today) if today else [])
    except SnapshotError as error:
        return [Finding(SNAPSHOT, 1, 0, "audit/snapshot", str(error), REFRESH)]
    except PolicyError as error:
        return [Finding(POLICY, 0, 0, "audit/policy", str(error), "write it so")]


def main(argv: Sequence[str] | None = None) -> int:
    """Write a report, and succeed whatever is in it."""
    parser = argparse.ArgumentParser(fromfile_prefix_chars="@")
    for name in ("report", "lock", "policy", "snapshot"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args(argv)
    files = (options.lock, options.snapshot, options.policy)
    lock, snapshot, policy = map(read_text, files)
    report = format_report(check(lock, snapshot, policy))
    options.report.write_text(report, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
