"""Tests of which command of Bazel waits for a debugger, and of what can't wait."""

import os
import runpy
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools.debug import attach
from tools.debug.__main__ import main


def test_it_becomes_the_run_of_the_target_by_way_of_what_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[list[str], str]] = []

    def execute(_program: str, command: list[str], environ: Mapping[str, str]) -> None:
        argument = environ["RULES_PYTHON_ADDITIONAL_INTERPRETER_ARGS"]
        started.append((command[1:], argument))

    monkeypatch.setattr(os, "execvpe", execute)
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    main(["//services/shop", "--port", "8001"])

    assert started == [
        (
            ["run", "//services/shop", "--", "--port", "8001"],
            f"{tmp_path}/tools/debug/attach.py",
        )
    ]


def test_without_a_workspace_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BUILD_WORKSPACE_DIRECTORY", raising=False)

    assert main(["//services/shop"]) == 2
    assert "Fix: " in capsys.readouterr().err


def test_without_debugpy_it_names_the_command_that_gets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(attach, "import_module", missing)

    with pytest.raises(SystemExit, match="2"):
        attach.wait_for_debugger(tmp_path, 5678)
    assert "Fix: ./bazelw run //tools/ide" in capsys.readouterr().err


def test_port_that_is_taken_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def taken(_address: tuple[str, int]) -> None:
        raise RuntimeError("address already in use")

    debugpy = SimpleNamespace(listen=taken)
    monkeypatch.setattr(attach, "import_module", lambda _: debugpy)

    with pytest.raises(SystemExit, match="2"):
        attach.wait_for_debugger(tmp_path, 5678)
    assert "127.0.0.1:5678: a debugger can't be waited for" in capsys.readouterr().err


@pytest.mark.parametrize("is_test", [True, False])
def test_program_waits_here_and_a_test_in_its_runner(
    monkeypatch: pytest.MonkeyPatch, is_test: bool
) -> None:
    waited: list[int] = []
    run: list[str] = []
    monkeypatch.setattr(
        attach, "wait_for_debugger", lambda _, port: waited.append(port)
    )
    monkeypatch.setattr(runpy, "run_path", lambda path, run_name: run.append(path))
    monkeypatch.setattr(sys, "argv", ["attach.py", "-I", "main.py", "-x"])
    monkeypatch.setenv("MONOREPO_DEBUG_PORT", "7")
    monkeypatch.delenv("TEST_TARGET", raising=False)
    if is_test:
        monkeypatch.setenv("TEST_TARGET", "//x:test_x")

    attach.main()

    assert run == ["main.py"]
    assert waited == ([] if is_test else [7])
    argument = ["--wait-for-debugger=7"] if is_test else []
    assert sys.argv == ["main.py", "-x", *argument]
