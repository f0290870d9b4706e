"""Tests of the licence check: files in, findings out."""

import json
from pathlib import Path

from tools.lock.audit import check_licences

LOCK = "a-b==1 \\\n    --hash=sha256:0\nc==2 \\\n    --hash=sha256:0\n"
POLICY = '[licences]\nimages = ["MIT"]\ntests = ["ISC"]\n'


def findings(folder: Path, policy: str, **licences: str) -> list[dict[str, object]]:
    """Return what the program reports of distributions with these fields."""
    words = []
    for name, line in licences.items():
        info = folder / f"{name}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: {name}\n{line}\n\nMIT\n")
        words.append(f"--metadata={info}")
    for name, text in (("lock", LOCK), ("policy", policy)):
        (folder / name).write_text(text)
        words.append(f"--{name}={folder / name}")
    report = folder / "report"
    check_licences.main([f"--report={report}", *words])
    return [json.loads(line) for line in report.read_text().splitlines()]


def test_licences_that_may_be_used_are_no_finding(tmp_path: Path) -> None:
    mit, isc = "License-Expression: MIT", "License: ISC"

    assert findings(tmp_path, POLICY, A_b=mit, c=isc) == []


def test_an_unknown_licence_is_refused_where_it_is_locked(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, POLICY, A_b="License: BSD")

    assert (found["path"], found["line"]) == ("requirements_lock.txt", 1)
    assert found["text"] == "a-b doesn't say its licence as SPDX names it."
    assert "licences.reviewed" in str(found["fix"])


def test_a_licence_that_is_not_permitted_is_refused(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, POLICY, c="License-Expression: GPL-3.0-only")

    assert found["line"] == 3
    assert found["text"] == "c has the licence GPL-3.0-only."


def test_what_a_person_read_counts(tmp_path: Path) -> None:
    # One that was locked once may be again.
    policy = POLICY + '[licences.reviewed]\nA_B = "MIT"\nd = "MIT"\n'

    assert findings(tmp_path, policy, A_b="License: BSD") == []


def test_a_policy_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "[licences\n", c="License: MIT")

    assert (found["path"], found["rule"]) == ("audit.toml", "licences/policy")
