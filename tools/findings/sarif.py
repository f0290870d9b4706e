"""Writes findings as SARIF 2.1.0, the form that code scanning services read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable

from tools.findings.baseline import record_of
from tools.findings.finding import Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def fingerprints(findings: Iterable[Finding]) -> dict[Finding, str]:
    """Return a name for each finding that outlives edits elsewhere in its file."""
    seen: Counter[object] = Counter()
    names = {}
    for finding in sorted(set(findings)):
        record = record_of(finding)
        text = "\0".join([*record, str(seen[record])])
        seen[record] += 1
        names[finding] = hashlib.sha256(text.encode()).hexdigest()[:32]
    return names


def _region(finding: Finding) -> dict[str, dict[str, int]]:
    if not finding.line:
        return {}
    column = {"startColumn": finding.column} if finding.column else {}
    return {"region": {"startLine": finding.line, **column}}


def _result(finding: Finding, rules: list[str], fingerprint: str) -> dict[str, object]:
    fix = f"\nFix: {finding.fix}" if finding.fix else ""
    location = {"uri": finding.path, "uriBaseId": "%SRCROOT%"}
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": "error",
        "message": {"text": finding.text + fix},
        "locations": [
            {"physicalLocation": {"artifactLocation": location, **_region(finding)}}
        ],
        "partialFingerprints": {"monorepo/v1": fingerprint},
    }


def format_sarif(findings: Iterable[Finding], checks: Iterable[str] = ()) -> str:
    """Return one SARIF log: one run per check, since a run has one tool.

    Args:
        findings: what was found.
        checks: what ran; a check that found nothing has an empty run, which closes
            what it found earlier.
    """
    names = fingerprints(findings)
    by_check: dict[str, list[Finding]] = {check: [] for check in checks}
    for finding in names:
        by_check.setdefault(finding.rule.partition("/")[0], []).append(finding)
    runs = []
    for check, found in sorted(by_check.items()):
        rules = sorted({finding.rule for finding in found})
        runs.append(
            {
                "tool": {
                    "driver": {"name": check, "rules": [{"id": rule} for rule in rules]}
                },
                "automationDetails": {"id": f"{check}/"},
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(finding, rules, names[finding]) for finding in found
                ],
            }
        )
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"
