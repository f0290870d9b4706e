"""Tests of how reports are found in what Bazel says of a build."""

from pathlib import Path

import pytest

from tools.findings.collect import Report, collect_reports, target_of
from tools.findings.finding import Finding, ReportError, format_report
from tools.workspace.bazel import BazelError
from tools.workspace.fake_bazel import FakeBazel

FINDING = Finding("libs/ml/a.py", 1, 1, "ruff/F401", "is unused", "", "//libs/ml")


@pytest.mark.parametrize(
    ("name", "target", "check"),
    [
        ("libs/ml/ml.imports.jsonl", "//libs/ml", "imports"),
        ("libs/ml/train.ruff.jsonl", "//libs/ml:train", "ruff"),
        ("libs/ml/v1.2.ruff.jsonl", "//libs/ml:v1.2", "ruff"),
        ("libs/ml/data/all.ruff.jsonl", "//libs/ml:data/all", "ruff"),
        ("check.types.jsonl", "//:check", "types"),
    ],
)
def test_file_name_says_the_target_and_the_check(
    tmp_path: Path, name: str, target: str, check: str
) -> None:
    (tmp_path / "libs/ml").mkdir(parents=True)
    (tmp_path / "libs/ml/BUILD.bazel").touch()

    assert target_of(tmp_path, name) == (target, check)


def test_reports_are_sorted_and_other_files_left_out(tmp_path: Path) -> None:
    bazel = FakeBazel(tmp_path)
    bazel.outputs["findings"] = {
        "services/api/api.black.jsonl": "",
        "libs/ml/ml.ruff.jsonl": format_report([FINDING]),
        "libs/ml/ml.imports.jsonl": "",
        "libs/ml/notes.txt": "not a report",
    }
    bazel.install()

    got = collect_reports(tmp_path, ["//libs/...", "-//libs/mq"])

    assert got == [
        Report("//libs/ml", "imports", []),
        Report("//libs/ml", "ruff", [FINDING]),
        Report("//services/api", "black", []),
    ]
    assert bazel.asked()[0] == "build"
    assert "--output_groups=findings" in bazel.asked()
    assert bazel.asked()[-3:] == ["--", "//libs/...", "-//libs/mq"]


def test_report_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    bazel = FakeBazel(tmp_path)
    bazel.outputs["findings"] = {"libs/ml/ml.ruff.jsonl": "torn"}
    bazel.install()

    with pytest.raises(ReportError, match=r"ml\.ruff\.jsonl:1: not a finding"):
        collect_reports(tmp_path, ["//..."])


def test_build_that_fails_is_no_report(tmp_path: Path) -> None:
    FakeBazel(tmp_path, complaint="no such package 'x'\n", exit_code=1).install()

    with pytest.raises(BazelError, match="no such package 'x'"):
        collect_reports(tmp_path, ["//x"])
