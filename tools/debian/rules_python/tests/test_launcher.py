"""Tests of how a program finds distributions that a remote action has outside of its runfiles."""

import os
import subprocess
from pathlib import Path

import pytest

WORDS = {
    "%shebang%": "#!/bin/sh",
    "%python_binary%": "python/bin/python",
    "%imports%": "dist/site-packages",
    "%workspace_name%": "_main",
    "%main%": "main.py",
}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Give a program whose interpreter says where it would import from."""
    text = Path(os.environ["LAUNCHER"]).read_text()
    for word, value in WORDS.items():
        text = text.replace(word, value)
    made = tmp_path / "bazel-out/bin/program"
    python = Path(f"{made}.runfiles/python/bin/python")
    python.parent.mkdir(parents=True)
    (tmp_path / "external/dist/site-packages").mkdir(parents=True)
    for path, content in {
        made: text,
        python: '#!/bin/sh\necho "$PYTHONPATH"\n',
    }.items():
        path.write_text(content)
        path.chmod(0o755)
    return made


def imports_of(program: Path) -> list[str]:
    environment = {"PATH": os.environ["PATH"]}  # coverage adds to PYTHONPATH
    done = subprocess.run(
        [program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert not done.stderr
    return done.stdout.strip().split(":")


def test_directory_is_linked_into_the_runfiles(tmp_path: Path, program: Path) -> None:
    Path(f"{program}.runfiles/dist").mkdir()

    got = imports_of(program)

    link = Path(f"{program}.runfiles/dist/site-packages")
    assert got == [f"{program}.runfiles/_main", str(link)]
    assert link.readlink() == tmp_path / "external/dist/site-packages"


def test_what_the_program_starts_is_told_the_same(program: Path) -> None:
    python = Path(f"{program}.runfiles/python/bin/python")
    python.write_text('#!/bin/sh\necho "$MONOREPO_IMPORT_ROOTS"\n')

    assert imports_of(program)[0] == f"{program}.runfiles/_main"


def test_directory_is_read_where_it_is_if_no_link_can_be_made(
    tmp_path: Path, program: Path
) -> None:
    got = imports_of(program)

    assert got[1:] == [str(tmp_path / "external/dist/site-packages")]
