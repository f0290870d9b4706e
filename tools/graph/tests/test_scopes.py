"""Tests of the command that shows who may use what, and who does."""

import json
import subprocess
from pathlib import Path

import pytest

from tools.graph.scopes import main
from tools.schemas.check import checked
from tools.workspace.fake_bazel import FakeBazel

LIBRARY = """package_group(
    name = "users",
    packages = [
        "//libs/ml/...",
        "//services/api/...",
        "//services/old/...",
    ],
)

py_library(
    name = "ml",
    srcs = ["ml.py"],
    visibility = [":users"],
)
"""


def rule(name: str, *inputs: str) -> str:
    fields = {"name": name, "ruleClass": "py_library", "ruleInput": list(inputs)}
    return json.dumps({"type": "RULE", "rule": fields}) + "\n"


@pytest.fixture
def bazel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeBazel:
    """Return the Bazel of a workspace where one service uses one library."""
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    (tmp_path / "libs/ml").mkdir(parents=True)
    (tmp_path / "libs/ml/BUILD.bazel").write_text(LIBRARY)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True, timeout=30)
    bazel = FakeBazel(tmp_path)
    bazel.answer = rule("//libs/ml:ml") + rule("//services/api:api", "//libs/ml:ml")
    bazel.install()
    return bazel


def test_scopes_show_who_may_and_who_does(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out == (
        "//libs/ml\n"
        "    may: //libs/ml/..., //services/api/..., //services/old/...\n"
        "    does: //services/api\n"
    )


def test_scopes_of_one_project_are_shown(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    (bazel.root / "libs/mq").mkdir()
    other = LIBRARY.replace('"ml"', '"mq"')
    (bazel.root / "libs/mq/BUILD.bazel").write_text(other)

    assert main(["libs/ml"]) == 0
    assert "//libs/mq" not in capsys.readouterr().out
    assert main(["//libs/mq/", "--check"]) == 1
    findings = capsys.readouterr().out
    assert "libs/mq/BUILD.bazel:" in findings
    assert "libs/ml/BUILD.bazel:" not in findings


def test_unknown_project_is_an_error_with_a_near_one(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["libs/mll"]) == 2
    assert capsys.readouterr().err == (
        "libs/mll: found no project of that name.\n"
        "Fix: name another, such as libs/ml.\n"
    )


def test_check_fails_for_a_grant_that_nobody_uses(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check"]) == 1
    assert capsys.readouterr().out == (
        "libs/ml/BUILD.bazel:6:9: //libs/ml:users lets //services/old/... in, and "
        "nothing there uses what it shows. [scopes/unused-grant]\n"
        'Fix: take "//services/old/..." out of the list.\n'
    )


def test_check_passes_where_each_grant_is_used(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    bazel.answer += rule("//services/old:old", "//libs/ml:ml")
    bazel.install()

    assert main(["--check"]) == 0
    assert capsys.readouterr().out == (
        "1 BUILD files show nothing that they may not, or that nobody uses.\n"
    )


def test_query_that_fails_is_not_taken_for_no_users(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    bazel.exit_code = 7
    bazel.install()

    assert main(["--check"]) == 2
    assert capsys.readouterr().err.startswith("bazel query //... failed")


def test_build_file_that_is_no_starlark_is_named(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    (bazel.root / "libs/ml/BUILD.bazel").write_text("def f(:\n")

    assert main(["--check"]) == 2
    assert capsys.readouterr().err.startswith(
        "libs/ml/BUILD.bazel:1: is not Starlark: "
    )


def test_scopes_are_data_for_other_programs(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--format", "json"]) == 0

    assert checked("scopes", capsys.readouterr().out) == {
        "version": 1,
        "scopes": [
            {
                "label": "//libs/ml",
                "may": ["//libs/ml/...", "//services/api/...", "//services/old/..."],
                "does": ["//services/api"],
            }
        ],
    }


def test_findings_are_data_for_other_programs(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check", "--format", "json"]) == 1

    (found,) = checked("scopes", capsys.readouterr().out)["findings"]
    assert found["rule"] == "scopes/unused-grant"
