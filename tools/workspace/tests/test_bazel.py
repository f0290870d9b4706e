"""Tests of calls of Bazel."""

import os
import signal
from pathlib import Path

import pytest

from tools.testing.waiting import time_limit
from tools.workspace.bazel import TESTS_FAILED, Bazel, BazelError
from tools.workspace.fake_bazel import FakeBazel
from tools.workspace.folder import WorkspaceError, workspace_folder


def test_query_gives_the_answer(tmp_path: Path) -> None:
    fake = FakeBazel(tmp_path, answer="//a\n//b\n")
    fake.install()

    assert Bazel(tmp_path).query("//...", "--keep_going") == "//a\n//b\n"
    assert fake.asked() == ["query", "--noshow_progress", "--keep_going", "//..."]


def test_call_that_fails_says_what_bazel_said(tmp_path: Path) -> None:
    FakeBazel(tmp_path, complaint="no such package 'x'\n", exit_code=7).install()

    with pytest.raises(BazelError) as caught:
        Bazel(tmp_path).query("//x")

    assert str(caught.value) == (
        "bazel query //x failed with exit code 7:\n"
        "no such package 'x'\n"
        "Fix: what it says, then run the same command again."
    )


def test_what_is_shown_at_once_is_not_said_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    FakeBazel(tmp_path, complaint="no such package\n", exit_code=7).install()

    with pytest.raises(BazelError, match="code 7; it says above why"):
        Bazel(tmp_path, quiet=False).query("//x")

    assert capfd.readouterr().err == "no such package\n"


def test_exit_codes_that_are_an_answer_are_accepted(tmp_path: Path) -> None:
    FakeBazel(tmp_path, answer="out", exit_code=TESTS_FAILED).install()

    done = Bazel(tmp_path).call("test", "//x", accepted=(0, TESTS_FAILED))

    assert (done.returncode, done.stdout) == (TESTS_FAILED, "out")


def test_output_for_the_user_goes_to_stderr(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    FakeBazel(tmp_path, answer="out\n", complaint="err\n", exit_code=3).install()

    assert Bazel(tmp_path).show("run", "//x") == TESTS_FAILED
    assert capfd.readouterr() == ("", "out\nerr\n")


def test_build_returns_files_and_targets(tmp_path: Path) -> None:
    fake = FakeBazel(tmp_path, targets=["//libs/ml"])
    fake.outputs = {"findings": {"libs/ml/a.jsonl": "{}"}, "other": {"b": ""}}
    fake.install()

    built = Bazel(tmp_path).build(["//libs/...", "-//libs/mq"], "--keep_going")

    assert built.failure is None
    assert built.targets() == {"//libs/ml"}
    ((name, path),) = built.files("findings").items()
    assert (name, path.read_text()) == ("libs/ml/a.jsonl", "{}")
    assert fake.asked()[:3] == ["build", "--norun_validations", "--keep_going"]
    assert fake.asked()[-3:] == ["--", "//libs/...", "-//libs/mq"]


def test_build_that_fails_keeps_what_it_built(tmp_path: Path) -> None:
    fake = FakeBazel(tmp_path, complaint="broken\n", exit_code=1)
    fake.outputs = {"findings": {"a.jsonl": "{}"}}
    fake.install()

    built = Bazel(tmp_path).build(["//x", "//y"])

    assert list(built.files("findings")) == ["a.jsonl"]
    assert str(built.failure) == (
        "bazel build //x //y failed with exit code 1:\n"
        "broken\n"
        "Fix: what it says, then run the same command again."
    )


def test_cquery_prints_a_line_a_target(tmp_path: Path) -> None:
    fake = FakeBazel(tmp_path, answer="//a x\n//b y\n")
    fake.install()

    got = Bazel(tmp_path).cquery("//...", "def format(target): pass")

    assert got == ["//a x", "//b y"]
    assert "--output=starlark" in fake.asked()


def test_program_goes_on_as_bazel_in_the_workspace(tmp_path: Path) -> None:
    fake = FakeBazel(tmp_path, exit_code=5)
    fake.install()

    process = os.fork()
    if process == 0:
        try:
            Bazel(tmp_path).become("run", "//x", variables={"PATH": "/usr/bin:/bin"})
        finally:
            os._exit(70)
    with time_limit("the program", lambda: os.kill(process, signal.SIGKILL)):
        _, status = os.waitpid(process, 0)

    assert os.waitstatus_to_exitcode(status) == 5
    assert fake.asked() == ["run", "//x"]


def test_info_is_a_folder(tmp_path: Path) -> None:
    FakeBazel(tmp_path, answer="/out/base\n").install()

    assert Bazel(tmp_path).info("output_base") == Path("/out/base")


def test_machine_without_bazel_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(BazelError, match=r"found no bazel\.\nFix: install Bazel"):
        Bazel(tmp_path).info("output_base")


def test_workspace_is_where_bazel_run_was_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", "/repo")

    assert workspace_folder() == Path("/repo")
    assert Bazel.current().root == Path("/repo")


def test_program_that_is_started_otherwise_names_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("BUILD_WORKSPACE_DIRECTORY", raising=False)

    with pytest.raises(WorkspaceError, match="start it by bazel run"):
        workspace_folder()
