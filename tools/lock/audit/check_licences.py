"""Checks that the licence of each locked distribution is known, and may be used at all.

Invoked by Bazel as: check_licences --report=FILE --lock=FILE --policy=FILE [--metadata=PATH]…

What an image may hold is checked where the image is.
"""

import argparse
import sys
from collections.abc import Sequence
from email.message import Message
from pathlib import Path

from tools.findings.finding import Finding, format_report
from tools.lock.audit.licences import refused_licences
from tools.lock.audit.policy import POLICY, Policy, PolicyError, parse_policy
from tools.lock.metadata import metadata_file, read_metadata
from tools.lock.pins import LOCK, read_pins, read_text


def check(lock: str, policy: Policy, distributions: Sequence[Message]) -> list[Finding]:
    """Return a finding for each distribution without a licence that may be used."""
    lines = {pin.name: pin.line for pin in read_pins(lock)}
    findings = []
    known = policy.images | policy.tests
    for name, problem in refused_licences(distributions, policy, known).items():
        fix = f"read it, and put it into {POLICY}: licences.reviewed"
        if problem.startswith("has"):
            fix = f"do without {name}, or permit it in {POLICY}: licences.tests"
        line, text = lines.get(name, 0), f"{name} {problem}."
        findings.append(Finding(LOCK, line, 0, "licences/refused", text, fix))
    return findings


def main(argv: Sequence[str] | None = None) -> int:
    """Write a report, and succeed whatever is in it."""
    parser = argparse.ArgumentParser(fromfile_prefix_chars="@")
    for name in ("report", "lock", "policy"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--metadata", type=Path, action="append", default=[])
    options = parser.parse_args(argv)
    try:
        policy = parse_policy(read_text(options.policy))
        files = filter(None, map(metadata_file, options.metadata))
        known = list(map(read_metadata, files))
        findings = check(read_text(options.lock), policy, known)
    except PolicyError as error:
        fix = "write it so"
        findings = [Finding(POLICY, 0, 0, "licences/policy", str(error), fix)]
    options.report.write_text(format_report(findings), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
