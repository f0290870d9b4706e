"""Tests of the archive that actions run."""

import subprocess
import sys
from pathlib import Path

from tools.py_action import start
from tools.py_action.archive import write_archive

GREET = b"""
def main(argv):
    print(__file__.rpartition("/")[2], argv)
    return 3
"""


def pack(output: Path) -> Path:
    """Write an archive with one program."""
    starter = Path(start.__file__).read_bytes()
    write_archive(output, [("__main__.py", starter), ("a/b/greet.py", GREET)])
    return output


def run(archive: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as the build does."""
    command = [sys.executable, "-I", "-S", str(archive), "a.b.greet", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=30
    )


def test_a_module_in_a_namespace_package_starts(tmp_path: Path) -> None:
    got = run(pack(tmp_path / "p.pyz"), "x", "y")

    assert (got.returncode, got.stdout) == (3, "greet.pyc ['x', 'y']\n"), got.stderr


def test_arguments_are_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "params").write_text("--one\ntwo words\n")

    got = run(pack(tmp_path / "p.pyz"), f"@{tmp_path}/params")

    assert got.stdout == "greet.pyc ['--one', 'two words']\n", got.stderr


def test_the_same_sources_are_the_same_bytes(tmp_path: Path) -> None:
    first, second = pack(tmp_path / "1"), pack(tmp_path / "2")

    assert first.read_bytes() == second.read_bytes()
