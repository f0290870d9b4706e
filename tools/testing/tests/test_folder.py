"""Tests of the folder that a run has for itself."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tools.testing.folder import Folder
from tools.testing.tests.scratch import Scratch


def environment(temporary: Path, **environ: str) -> dict[str, str]:
    return {"TEST_TMPDIR": str(temporary), **environ}


def test_home_is_the_runs_own_and_its_childrens() -> None:
    got = Path.home()

    code = "import pathlib; print(pathlib.Path.home())"
    command = [sys.executable, "-c", code]
    child = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60
    )
    assert child.stdout == f"{got}\n"
    assert os.listdir(got) == []
    (got / ".settings").write_text("mine")


def test_socket_can_be_bound_below_tmp_path(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "a name that servers like to give: listener.sock"))


def test_temporary_files_have_short_paths_as_well() -> None:
    assert len(tempfile.gettempdir()) < 60


def test_two_runs_share_no_folder(tmp_path: Path) -> None:
    here = environment(tmp_path)

    assert Folder(here).path != Folder(here).path


def test_folder_is_bazels_own_where_that_is_short(tmp_path: Path) -> None:
    assert Path(Folder(environment(tmp_path)).path).parent == tmp_path


def test_folder_is_below_tmp_where_bazels_own_is_deep(tmp_path: Path) -> None:
    made = Folder(environment(tmp_path / ("deep" * 20)))

    assert made.path.startswith("/tmp/")
    made.remove()
    assert not Path(made.path).exists()


def test_home_that_is_asked_for_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/asked/for")
    monkeypatch.setenv("TMPDIR", "/before")

    Folder(environment(tmp_path)).enter()

    assert os.environ["HOME"] == "/asked/for"


def test_person_keeps_tmpdir_and_lends_no_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, "/a/person")
    made = Folder(environment(tmp_path, BUILD_WORKSPACE_DIRECTORY="/here"))

    made.enter()

    assert os.environ["HOME"] == f"{made.path}/home"
    assert os.environ["TMPDIR"] == "/a/person"
    assert "XDG_CACHE_HOME" not in os.environ


def test_nothing_of_a_run_is_left(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    before = set(tmp_path.iterdir())

    got = scratch.run(
        "def test_files(tmp_path):\n    (tmp_path / 'deep').mkdir()\n    raise SystemExit\n"
    )

    assert got.exit_code == 1
    assert set(tmp_path.iterdir()) - before == {tmp_path / "test.xml"}
