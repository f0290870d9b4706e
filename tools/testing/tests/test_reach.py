"""Tests of what pytest makes of files that were opened and aren't declared."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.testing.reach import guards
from tools.testing.workspace_guard.sitecustomize import LOG

RUN = """
import os, sys, pytest
from tools.testing.reach import guards
sys.exit(pytest.main(["-p", "no:cacheprovider", "-q", "-c", "pytest.ini", *sys.argv[1:]],
                     plugins=guards(os.environ)))
"""
NOTE = f"import os\nwith open(os.environ[{LOG!r}], 'a') as log: log.write('it opens x\\n')\n"
NOTE_INSIDE = NOTE.replace("\n", "\n    ").rstrip()


def run(folder: Path, text: str) -> tuple[int, str]:
    """Run a test file under the plugin."""
    (folder / "test_case.py").write_text(text)
    (folder / "pytest.ini").touch()
    environ = {**os.environ, "TEST_TMPDIR": str(folder)}
    environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", RUN, "test_case.py"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return done.returncode, done.stdout + done.stderr


def test_test_that_catches_the_error_fails(tmp_path: Path) -> None:
    text = f"def test_a():\n    {NOTE_INSIDE}\n\ndef test_b(): pass\n"

    code, said = run(tmp_path, text)

    assert code == 1
    assert "FAILED test_case.py::test_a - Failed: it opens x" in said
    assert "1 failed, 1 passed" in said


def test_error_of_one_test_is_not_the_next_one_s(tmp_path: Path) -> None:
    text = f"def test_a():\n    {NOTE_INSIDE}\n    assert 0\n\ndef test_b(): pass\n"

    code, said = run(tmp_path, text)

    assert code == 1
    assert "FAILED test_case.py::test_a - assert 0" in said
    assert "1 failed, 1 passed" in said


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            f"import pytest\n@pytest.mark.xfail\ndef test_a():\n    {NOTE_INSIDE}\n",
            id="in a test that is expected to fail",
        ),
        pytest.param(
            "import pytest\n@pytest.fixture\ndef late():\n    yield\n"
            f"    {NOTE_INSIDE}\n\ndef test_a(late): pass\n",
            id="after the last test",
        ),
    ],
)
def test_session_fails_where_no_test_does(tmp_path: Path, text: str) -> None:
    code, said = run(tmp_path, text)

    assert code == 1
    assert "it opens x" in said


def test_nothing_opened_passes(tmp_path: Path) -> None:
    assert run(tmp_path, "def test_a(): pass\n")[0] == 0


def test_test_that_a_person_runs_is_not_guarded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TEST_TMPDIR", str(tmp_path))
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", "/workspace")

    assert guards(os.environ) == []
