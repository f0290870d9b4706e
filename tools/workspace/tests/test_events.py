"""Tests of what the events of a build say."""

import json
from pathlib import Path

from tools.workspace.events import Events


def files_event(name: str, files: dict[str, str], *below: str) -> str:
    named = {
        "files": [
            {
                "name": path,
                "uri": f"bytestream://cache.example/blobs/{path}",
                "pathPrefix": prefix.split("/"),
            }
            for path, prefix in files.items()
        ],
        "fileSets": [{"id": other} for other in below],
    }
    return json.dumps({"id": {"namedSet": {"id": name}}, "namedSetOfFiles": named})


ROOT = json.dumps({"id": {"workspace": {}}, "workspaceInfo": {"localExecRoot": "/x"}})


def completed_event(**groups: list[str]) -> str:
    built = [
        {"name": group, "fileSets": [{"id": name} for name in sets]}
        for group, sets in groups.items()
    ]
    return json.dumps({"completed": {"outputGroup": built}})


def test_files_of_the_group_come_with_those_of_the_sets_below() -> None:
    events = [
        ROOT,
        files_event("1", {"b": "bazel-out/bin"}),
        files_event("0", {"a": "bazel-out/bin"}, "1"),
        files_event("2", {"c": "bazel-out/bin"}),
        completed_event(findings=["0"], other=["2"]),
    ]

    got = sorted(Events("\n".join(events)).files("findings"))

    assert got == [("a", Path("/x/bazel-out/bin/a")), ("b", Path("/x/bazel-out/bin/b"))]


def test_set_that_two_targets_share_is_read_once() -> None:
    events = [
        ROOT,
        files_event("0", {"a": "bazel-out/bin"}),
        completed_event(findings=["0"]),
        completed_event(findings=["0"]),
    ]

    got = list(Events("\n".join(events)).files("findings"))

    assert got == [("a", Path("/x/bazel-out/bin/a"))]


def test_source_file_of_another_repository_is_where_its_address_says() -> None:
    uri = "file:///base/external/tools%20of%20mine/bin/a"
    named = {"files": [{"name": "bin/a", "uri": uri}]}
    event = {"id": {"namedSet": {"id": "0"}}, "namedSetOfFiles": named}
    events = [ROOT, json.dumps(event), completed_event(default=["0"])]

    got = list(Events("\n".join(events)).files("default"))

    assert got == [("bin/a", Path("/base/external/tools of mine/bin/a"))]


def test_build_without_the_group_has_no_files() -> None:
    events = [files_event("0", {"a": "bazel-out/bin"}), completed_event(other=["0"])]

    assert list(Events("\n".join(events)).files("findings")) == []


def target_event(label: str, *, success: bool, **more: object) -> str:
    identity = {"targetCompleted": {"label": label, **more}}
    return json.dumps({"id": identity, "completed": {"success": success}})


def test_targets_are_those_that_were_built() -> None:
    events = [
        target_event("@@//a", success=True),
        target_event("//b", success=False),
        target_event("//b", success=True, aspect="checks"),
        json.dumps({"id": {"targetCompleted": {"label": "//c"}}, "aborted": {}}),
    ]

    assert list(Events("\n".join(events)).targets()) == ["//a"]


def test_target_is_sound_where_neither_build_nor_check_nor_test_failed() -> None:
    def tested(label: str, status: str) -> str:
        summary = {"overallStatus": status}
        return json.dumps(
            {"id": {"testSummary": {"label": label}}, "testSummary": summary}
        )

    skipped = {"id": {"targetCompleted": {"label": "//not_here"}}}
    events = [
        *(target_event(f"//{name}", success=True) for name in ("a", "b", "c", "d")),
        target_event("//b", success=False, aspect="checks"),
        tested("//c", "FAILED"),
        tested("//d", "FLAKY"),
        target_event("//e", success=False),
        json.dumps({**skipped, "aborted": {"reason": "SKIPPED"}}),
    ]

    assert Events("\n".join(events)).sound() == {"//a", "//d", "//not_here"}
