"""Tests of the command that prints who uses a distribution."""

import json
from pathlib import Path

import pytest

from tools.graph.who import group_of, main
from tools.lock.users import MODULES
from tools.schemas.check import checked
from tools.workspace.fake_bazel import FakeBazel
from tools.workspace.git import git


def rule(name: str, kind: str, *inputs: str) -> str:
    fields = {"name": name, "ruleClass": kind, "ruleInput": list(inputs)}
    return json.dumps({"type": "RULE", "rule": fields}) + "\n"


@pytest.fixture
def bazel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeBazel:
    """Return the Bazel of a workspace where one library uses one distribution."""
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    bazel = FakeBazel(tmp_path)
    bazel.answer = rule(
        "//libs/ml:ml",
        "py_library",
        "@pip//scikit_learn:scikit_learn",
        "//libs/ml:train.py",
    )
    bazel.answer += rule("//libs/ml/tests:test_ml", "py_test", "//libs/ml:ml")
    bazel.answer += rule("//libs/old:old", "py_library", "//libs/old:old.py")
    bazel.answer += rule("@pip//scikit_learn:scikit_learn", "py_library")
    bazel.answer += rule("@pip//scipy:scipy", "py_library")
    write(tmp_path, "libs/ml/train.py", "import os\n\nimport sklearn.svm\n")
    write(tmp_path, "libs/ml/tests/test_ml.py", "from libs.ml import train\n")
    write(tmp_path, "libs/ml/tests/later.py", "import in 2030\n")
    write(tmp_path, MODULES, "sklearn @pip//scikit_learn\nscipy @pip//scipy\n")
    git(tmp_path, "init", "--quiet")
    bazel.install()
    return bazel


def write(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.parametrize(
    ("rule_class", "label", "group"),
    [
        ("py_test", "//a:test_a", "tests"),
        ("oci_image", "//a:image", "images"),
        ("oci_image", "//a:image.debug", "targets"),
        ("oci_push", "//a:image_push", "targets"),
        ("py_library", "//a", "targets"),
        ("_test_data", "//a", "targets"),
    ],
)
def test_rule_is_what_it_is_to_a_person(
    rule_class: str, label: str, group: str
) -> None:
    assert group_of(rule_class, label) == group


@pytest.mark.parametrize(
    "name",
    ["scikit-learn", "Scikit.Learn", "scikit_learn", "@pip//scikit_learn"],
)
def test_users_are_printed_however_the_distribution_is_spelled(
    bazel: FakeBazel, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name]) == 0
    assert capsys.readouterr().out == (
        "@pip//scikit_learn\n"
        " imports: 1\n"
        "  libs/ml/train.py:3: imports sklearn\n"
        " projects: 1\n"
        "  //libs/ml -> @pip//scikit_learn\n"
        " images: 0\n"
        " tests: 1\n"
        "  //libs/ml/tests:test_ml -> //libs/ml -> @pip//scikit_learn\n"
        " targets: 1\n"
        "  //libs/ml -> @pip//scikit_learn\n"
    )
    assert bazel.asked()[0] == "query"


def test_users_of_a_target_are_printed(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["//libs/ml:ml"]) == 0
    assert capsys.readouterr().out == (
        "//libs/ml\n"
        " imports: 1\n"
        "  libs/ml/tests/test_ml.py:1: imports libs.ml.train\n"
        " projects: 1\n"
        "  //libs/ml/tests:test_ml -> //libs/ml\n"
        " images: 0\n"
        " tests: 1\n"
        "  //libs/ml/tests:test_ml -> //libs/ml\n"
        " targets: 0\n"
    )


def test_each_name_is_answered(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scipy", "scikit-learn", "//libs/old"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "@pip//scipy is used by no target of this repository.",
        "@pip//scikit_learn",
    ]
    assert lines[-1] == "//libs/old is used by no target of this repository."


@pytest.mark.parametrize(
    ("name", "near"), [("scikit-lern", "@pip//scikit_learn"), ("//libs/m", "//libs/ml")]
)
def test_unknown_name_is_an_error_with_a_near_one(
    bazel: FakeBazel, name: str, near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scipy", name]) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert ": found no distribution or target of that name.\n" in said.err
    assert said.err.endswith(f"Fix: name another, such as {near}.\n")


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

    assert checked("who", capsys.readouterr().out) == {
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
        "imports": {"@pip//scikit_learn": ["libs/ml/train.py:3: imports sklearn"]},
    }


def test_help_says_how_to_call_it_and_what_exit_codes_mean(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    text = capsys.readouterr().out
    assert "bazel run //tools/imports:who -- numpy pydantic" in text
    assert "Exit codes: 0 printed; 2 not known" in text
