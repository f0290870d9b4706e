"""Tests of which command of Bazel a prompt is."""

import os
from pathlib import Path

import pytest

from tools.repl.__main__ import main


def test_it_becomes_the_prompt_of_the_rules_with_the_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    def execute(_program: str, command: list[str], _environ: object) -> None:
        started.append(command)

    monkeypatch.setattr(os, "execvpe", execute)
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    main(["//libs/price"])

    ((_, command, *flags, target),) = started
    assert (command, target) == ("run", "@rules_python//python/bin:repl")
    assert "--@rules_python//python/bin:repl_dep=//libs/price" in flags


def test_without_a_workspace_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BUILD_WORKSPACE_DIRECTORY", raising=False)

    assert main(["//libs/price"]) == 2
    assert "Fix: " in capsys.readouterr().err
