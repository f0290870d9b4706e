"""Tests of where uv comes from, with a pip that answers as the test wants."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tools.lock import run, uv_program
from tools.lock.pins import LOCK
from tools.lock.uv_program import UvError, find_uv, requirements

HASH = "sha256:" + "0" * 64
PINNED = f"uv==1.0 --hash={HASH}"


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.invalid"]
    subprocess.run(["git", "-C", root, *who, *arguments], check=True, timeout=30)


def test_the_pin_is_read_of_any_lock(tmp_path: Path) -> None:
    text = f"-e ./x\n<<<<<<< a\nuv==1.0 \\\n    --hash={HASH}\n=======\n"
    (tmp_path / LOCK).write_text(text)

    assert list(requirements(tmp_path)) == [PINNED, "uv"]


def test_the_pin_of_an_earlier_commit_serves_where_the_lock_is_gone(
    tmp_path: Path,
) -> None:
    git(tmp_path, "init", "--quiet")
    for text in (f"uv==1.0 --hash={HASH}\n", ""):
        (tmp_path / LOCK).write_text(text)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "--quiet", "--message", "x")
    (tmp_path / LOCK).unlink()

    assert list(requirements(tmp_path)) == [PINNED, "uv"]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace pip by one that has what is pinned; give what it was asked for."""
    seen: list[str] = []

    def install(requirement: str, folder: Path) -> str:
        seen.append(requirement)
        (folder / "bin").mkdir()
        (folder / "bin" / "uv").write_text("uv")
        return ""

    monkeypatch.setattr(uv_program, "_install", install)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    (tmp_path / "scratch").mkdir()
    return seen


def test_uv_is_installed_once(tmp_path: Path, asked: list[str]) -> None:
    (tmp_path / LOCK).write_text(f"uv==1.0 --hash={HASH}\n")

    first = find_uv(tmp_path, tmp_path / "scratch")
    second = find_uv(tmp_path, tmp_path / "scratch")

    assert first == second
    assert first.is_relative_to(tmp_path / "caches")
    assert asked == [PINNED]


def test_without_a_pin_the_newest_is_taken_and_not_kept(
    tmp_path: Path, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    got = find_uv(tmp_path, tmp_path / "scratch")

    assert got.is_relative_to(tmp_path / "scratch")
    assert capsys.readouterr().err == "No lock pins uv: took the newest one.\n"


def test_caches_that_cannot_be_written_are_done_without(
    tmp_path: Path, asked: list[str]
) -> None:
    (tmp_path / LOCK).write_text(f"uv==1.0 --hash={HASH}\n")
    (tmp_path / "caches").write_text("a file")

    got = find_uv(tmp_path, tmp_path / "scratch")

    assert got.is_relative_to(tmp_path / "scratch")


def test_a_pip_that_fails_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        uv_program, "_install", lambda *_: "ERROR: at http://joe:pw@h/\nno network\n"
    )
    monkeypatch.setenv("PATH", "")

    with pytest.raises(UvError) as error:
        find_uv(tmp_path, tmp_path)

    assert str(error.value) == (
        f"requirements_lock.txt: pip of {sys.executable} can't install uv, which "
        "solves.\n  pip: ERROR: at http://***@h/\n  pip: no network\n"
        "Fix: check the network and pip's configuration (pip config list), then run "
        "the same command again; or put a uv on the PATH."
    )


def test_what_it_starts_with_is_written_for_its_oldest_python() -> None:
    names = ["cycles", "inputs", "past", "pins", "pip_settings", "run", "seals"]
    names += ["solver", "update", "users", "uv_program"]
    for name in names:
        path = Path(run.__file__).with_name(f"{name}.py")
        tree = ast.parse(path.read_text(), feature_version=run.OLDEST)
        imported = {
            (node.module or "").partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
        }
        assert imported - {"tools"} <= sys.stdlib_module_names
