"""Tests of how reports are found in what Bazel says of a build."""

import json
from pathlib import Path

import pytest

from tools.findings.collect import (
    CollectError,
    Report,
    build_group,
    built_files,
    collect_reports,
    target_of,
    workspace,
)
from tools.findings.finding import Finding, ReportError, format_report
from tools.findings.tests.stand_in_bazel import StandInBazel

FINDING = Finding("libs/ml/a.py", 1, 1, "ruff/F401", "is unused", "", "//libs/ml")


def files_event(name: str, files: dict[str, str], *below: str) -> str:
    named = {
        "files": [{"name": path, "uri": uri} for path, uri in files.items()],
        "fileSets": [{"id": each} for each in below],
    }
    return json.dumps({"id": {"namedSet": {"id": name}}, "namedSetOfFiles": named})


def completed_event(**groups: list[str]) -> str:
    built = [
        {"name": group, "fileSets": [{"id": each} for each in sets]}
        for group, sets in groups.items()
    ]
    return json.dumps({"completed": {"outputGroup": built}})


def test_files_of_the_group_come_with_those_of_the_sets_below() -> None:
    events = [
        files_event("1", {"b": "file:///out/b"}),
        files_event("0", {"a": "file:///out/a"}, "1"),
        files_event("2", {"c": "file:///out/c"}),
        completed_event(findings=["0"], other=["2"]),
    ]

    got = sorted(built_files("\n".join(events), "findings"))

    assert got == [("a", Path("/out/a")), ("b", Path("/out/b"))]


def test_set_that_two_targets_share_is_read_once() -> None:
    events = [
        files_event("0", {"a": "file:///out/a"}),
        completed_event(findings=["0"]),
        completed_event(findings=["0"]),
    ]

    got = list(built_files("\n".join(events), "findings"))

    assert got == [("a", Path("/out/a"))]


def test_address_of_a_file_is_decoded() -> None:
    events = [
        files_event("0", {"a": "file:///out/b%20c%23%C3%A4"}),
        completed_event(findings=["0"]),
    ]

    ((_, path),) = built_files("\n".join(events), "findings")

    assert path == Path("/out/b c#ä")


def test_build_without_the_group_has_no_files() -> None:
    events = [files_event("0", {"a": "file:///out/a"}), completed_event(other=["0"])]

    assert list(built_files("\n".join(events), "findings")) == []


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
    bazel = StandInBazel(tmp_path)
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
    bazel = StandInBazel(tmp_path)
    bazel.outputs["findings"] = {"libs/ml/ml.ruff.jsonl": "torn"}
    bazel.install()

    with pytest.raises(ReportError, match=r"ml\.ruff\.jsonl:1: not a finding"):
        collect_reports(tmp_path, ["//..."])


def test_build_that_fails_says_what_bazel_said(tmp_path: Path) -> None:
    StandInBazel(tmp_path, complaint="no such package 'x'\n", exit_code=1).install()

    with pytest.raises(CollectError) as caught:
        build_group(tmp_path, "findings", ["//x", "//y"])

    assert str(caught.value) == (
        "//x //y: Bazel couldn't run the checks:\n"
        "no such package 'x'\n"
        "Fix: mend what it says, then run the same command again."
    )


def test_workspace_is_where_bazel_run_was_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", "/repo")

    assert workspace() == Path("/repo")


def test_program_that_is_started_otherwise_names_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("BUILD_WORKSPACE_DIRECTORY", raising=False)

    with pytest.raises(CollectError, match="start it by bazel run"):
        workspace()
