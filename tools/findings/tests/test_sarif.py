"""Tests of the SARIF log."""

import json

from tools.findings.finding import Finding
from tools.findings.sarif import fingerprints, format_sarif

HERE = Finding("a.py", 2, 5, "x/here", "is odd.", "mend it")
WHOLE = Finding("c.py", 0, 0, "y/whole", "is empty.", "")


def test_each_check_is_a_run_of_its_own_tool() -> None:
    log = json.loads(format_sarif([WHOLE, HERE]))

    assert log["version"] == "2.1.0"
    assert [run["tool"]["driver"]["name"] for run in log["runs"]] == ["x", "y"]
    assert log["runs"][0]["tool"]["driver"]["rules"] == [{"id": "x/here"}]


def test_a_check_that_found_nothing_has_an_empty_run() -> None:
    (run,) = json.loads(format_sarif([], ["x"]))["runs"]

    assert (run["tool"]["driver"]["name"], run["results"]) == ("x", [])


def test_a_result_has_its_place_its_text_and_its_fix() -> None:
    (result,) = json.loads(format_sarif([HERE]))["runs"][0]["results"]

    assert result["ruleId"] == "x/here"
    assert result["message"] == {"text": "is odd.\nFix: mend it"}
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a.py", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 2, "startColumn": 5},
            }
        }
    ]


def test_a_finding_of_a_whole_file_has_no_region() -> None:
    (result,) = json.loads(format_sarif([WHOLE]))["runs"][0]["results"]

    assert "region" not in result["locations"][0]["physicalLocation"]


def test_a_fingerprint_outlives_a_move_within_the_file() -> None:
    moved = HERE._replace(line=9)

    assert fingerprints([HERE])[HERE] == fingerprints([moved])[moved]


def test_equal_findings_of_one_file_have_two_fingerprints() -> None:
    assert len(set(fingerprints([HERE, HERE._replace(line=9)]).values())) == 2
