"""Writes findings as annotations: GitHub workflow commands and GitLab code quality.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import json
from collections.abc import Iterable

from tools.findings.finding import Finding
from tools.findings.sarif import fingerprints


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


def _whole_text(finding: Finding) -> str:
    return f"{finding.text}\nFix: {finding.fix}" if finding.fix else finding.text


def format_github(findings: Iterable[Finding]) -> str:
    """Return one `::error` workflow command a line."""
    lines = []
    for finding in sorted(set(findings)):
        properties = {"file": finding.path}
        if finding.line:
            properties["line"] = str(finding.line)
        if finding.line and finding.column:
            properties["col"] = str(finding.column)
        properties["title"] = finding.rule
        written = ",".join(
            f"{key}={_escape_property(value)}" for key, value in properties.items()
        )
        lines.append(f"::error {written}::{_escape(_whole_text(finding))}\n")
    return "".join(lines)


def format_gitlab(findings: Iterable[Finding]) -> str:
    """Return a code quality report: one JSON array."""
    issues = [
        {
            "description": _whole_text(finding),
            "check_name": finding.rule,
            "fingerprint": fingerprint,
            "severity": "major",
            "location": {
                "path": finding.path,
                "lines": {"begin": max(finding.line, 1)},
            },
        }
        for finding, fingerprint in fingerprints(findings).items()
    ]
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"
