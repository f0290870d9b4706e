"""Tests of the command that prints who uses a distribution."""

import json
from pathlib import Path

import pytest

from tools.graph.who import group_of, main
from tools.workspace.fake_bazel import FakeBazel


def rule(name: str, kind: str, *inputs: str) -> str:
    fields = {"name": name, "ruleClass": kind, "ruleInput": list(inputs)}
    return json.dumps({"type": "RULE", "rule": fields}) + "\n"


@pytest.fixture
def bazel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeBazel:
    """Return the Bazel of a workspace where one library uses one distribution."""
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    bazel = FakeBazel(tmp_path)
    bazel.answer = rule(
        "//libs/ml:ml", "py_library", "@pip//scikit_learn:scikit_learn"
    ) + rule("//libs/ml/tests:test_ml", "py_test", "//libs/ml:ml")
    bazel.install()
    return bazel


@pytest.mark.parametrize(
    ("rule_class", "group"),
    [
        ("py_test", "tests"),
        ("oci_image", "images"),
        ("py_library", "targets"),
        ("_test_data", "targets"),
    ],
)
def test_rule_is_what_it_is_to_a_person(rule_class: str, group: str) -> None:
    assert group_of(rule_class) == group


@pytest.mark.parametrize("name", ["scikit-learn", "Scikit.Learn", "scikit_learn"])
def test_users_are_printed_however_the_distribution_is_spelled(
    bazel: FakeBazel, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name]) == 0
    assert capsys.readouterr().out == (
        "@pip//scikit_learn\n"
        " targets: 1\n"
        "  //libs/ml -> @pip//scikit_learn\n"
        " tests: 1\n"
        "  //libs/ml/tests:test_ml -> //libs/ml -> @pip//scikit_learn\n"
        " images: 0\n"
    )
    assert bazel.asked()[0] == "query"


def test_each_name_is_answered(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["nothing", "scikit-learn"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "@pip//nothing is used by no target of this repository.",
        "@pip//scikit_learn",
    ]


def test_query_that_fails_is_not_taken_for_no_users(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    bazel.exit_code = 7
    bazel.complaint = "no such package\n"
    bazel.install()

    assert main(["scikit-learn"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "failed with exit code 7:\nno such package\nFix: " in said.err


def test_program_outside_bazel_run_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BUILD_WORKSPACE_DIRECTORY", raising=False)

    assert main(["numpy"]) == 2
    assert "start it by bazel run" in capsys.readouterr().err


def test_users_are_data_for_other_programs(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scikit-learn", "--format", "json"]) == 0

    assert json.loads(capsys.readouterr().out) == {
        "version": 1,
        "distributions": {
            "@pip//scikit_learn": [
                {"group": "targets", "path": ["//libs/ml", "@pip//scikit_learn"]},
                {
                    "group": "tests",
                    "path": [
                        "//libs/ml/tests:test_ml",
                        "//libs/ml",
                        "@pip//scikit_learn",
                    ],
                },
            ]
        },
    }


def test_help_says_how_to_call_it_and_what_exit_codes_mean(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    text = capsys.readouterr().out
    assert "bazel run //tools/imports:who -- numpy pydantic" in text
    assert "Exit codes: 0 printed, 2 not known" in text
