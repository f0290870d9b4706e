"""Tests of the programs that first-party projects put on the PATH of tests."""

import os
from pathlib import Path

import pytest

from tools.testing.tests.scratch import Scratch

ENTRIES = """\
[console_scripts]
prices = price_list:app.main [fast]
[other]
none = price_list:app
"""
PROJECT = """\
import sys

class app:
    @staticmethod
    def main():
        print(sys.argv[1:])
        return 3
"""
TEST = """\
import shutil
import subprocess

def test_program():
    done = subprocess.run(["prices", "a b"], capture_output=True, text=True, env=ENV)
    assert (done.returncode, done.stdout, done.stderr) == (3, "['a b']\\n", "")
    assert not shutil.which("none")
"""
WITH_ITS_OWN = "import os\nENV = None\n"
BARE = "import os\nENV = {'PATH': os.environ['PATH']}\n"


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def write(scratch: Scratch) -> str:
    """Write a project with metadata; return the import path with its root."""
    root = "libs/price_list/src"
    scratch.write(f"{root}/price_list/__init__.py", PROJECT)
    info = f"{root}/price_list.dist-info"
    scratch.write(f"{info}/METADATA", "Name: price-list\nVersion: 1\n")
    scratch.write(f"{info}/entry_points.txt", ENTRIES)
    path = [str(scratch.root), str(scratch.root / root), os.environ.get("PYTHONPATH")]
    return os.pathsep.join(filter(None, path))


def test_a_program_is_found_along_the_path(scratch: Scratch) -> None:
    got = scratch.run(WITH_ITS_OWN + TEST, PYTHONPATH=write(scratch))

    assert got.exit_code == 0, got.text


def test_a_program_finds_its_modules_in_an_environment_of_its_own(
    scratch: Scratch,
) -> None:
    got = scratch.run(BARE + TEST, PYTHONPATH=write(scratch))

    assert got.exit_code == 0, got.text


def test_without_metadata_the_path_is_the_machines(scratch: Scratch) -> None:
    test = "import os\n\ndef test_path():\n    assert os.environ['PATH'] == '/bin'\n"

    assert scratch.run(test, PATH="/bin").exit_code == 0
