"""Tests of the annotations that code hosts show."""

import json

from tools.findings.annotations import format_github, format_gitlab
from tools.findings.finding import Finding

HERE = Finding("a,b.py", 2, 5, "x/here", "is 100% odd.", "mend it\nthen run")
WHOLE = Finding("c.py", 0, 0, "x/whole", "is empty.", "")


def test_github_escapes_what_its_commands_treat_as_syntax() -> None:
    got = format_github([WHOLE, HERE])

    assert got == (
        "::error file=a%2Cb.py,line=2,col=5,title=x/here"
        "::is 100%25 odd.%0AFix: mend it%0Athen run\n"
        "::error file=c.py,title=x/whole::is empty.\n"
    )


def test_gitlab_issue_has_every_required_field() -> None:
    first, second = json.loads(format_gitlab([WHOLE, HERE]))

    assert first["description"] == "is 100% odd.\nFix: mend it\nthen run"
    assert first["check_name"] == "x/here"
    assert first["severity"] == "major"
    assert first["location"] == {"path": "a,b.py", "lines": {"begin": 2}}
    assert second["location"]["lines"] == {"begin": 1}
    assert first["fingerprint"] != second["fingerprint"]
