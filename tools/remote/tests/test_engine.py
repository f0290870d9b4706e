"""Tests of starting an engine; the cases try it."""

import os
import subprocess
from pathlib import Path

import pytest

from tools.remote import engine


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Run no pip; return what would have run."""
    commands: list[list[str]] = []

    def run(
        command: list[str | Path], *, check: bool
    ) -> subprocess.CompletedProcess[str]:
        assert check
        commands.append([str(word) for word in command])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    return commands


def test_it_installs_once_for_each_lock(
    tmp_path: Path, installed: list[list[str]]
) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("one")

    engine.install(tmp_path, lock)
    engine.install(tmp_path, lock)

    assert len(installed) == 2
    assert "--require-hashes" in installed[1]
    lock.write_text("two")
    engine.install(tmp_path, lock)
    assert len(installed) == 4


def test_it_becomes_the_servers_and_says_what_to_write_down(
    tmp_path: Path,
    installed: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, command: started.append(command))
    monkeypatch.setenv("PATH", "/usr/bin")

    engine.main(["--initdb=/x/initdb", "--port=0", "--jobs=3", f"--folder={tmp_path}"])

    [[*_, folder, port, jobs]] = started
    assert (folder, jobs) == (str(tmp_path), "3")
    assert os.environ["PATH"] == "/x:/usr/bin"
    assert installed
    settings = (tmp_path / "engine.yml").read_text()
    assert f'"127.0.0.1:{port}"' in settings
    assert f"path: {tmp_path}/cas" in settings
    assert f"--remote_executor=grpc://127.0.0.1:{port}" in capsys.readouterr().out


def test_what_pip_cannot_install_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(command: list[str], *, check: bool) -> None:
        assert check
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(subprocess, "run", run)

    code = engine.main(["--initdb=x", "--port=0", f"--folder={tmp_path}"])

    assert code == 1
    assert "non-zero exit status 1" in capsys.readouterr().err
