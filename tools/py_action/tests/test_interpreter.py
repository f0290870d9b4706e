"""Tests of the interpreter that actions use."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.py_action import interpreter

PYTHON = Path(sys.base_prefix, "bin", f"python{interpreter.VERSION}")
ASK = """
import _ctypes, json, sys
print(json.dumps([sys.path, sys.prefix, json.__file__, _ctypes.__file__]))
"""


def copy(folder: Path) -> Path:
    """Write the interpreter as the build does, and return its program."""
    program = folder / "bin/python"
    program.parent.mkdir(parents=True)
    (folder / "lib").mkdir()
    assert interpreter.main([str(PYTHON), str(program), str(folder / "lib")]) == 0
    return program


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the program of a copy."""
    return copy(tmp_path_factory.mktemp("python"))


def test_library_is_one_archive_that_the_program_finds(program: Path) -> None:
    command = [program, "-I", "-S", "-c", ASK]
    said = subprocess.run(command, capture_output=True, check=True, timeout=30)

    path, prefix, module, extension = json.loads(said.stdout)
    archive, _, extensions = path
    assert said.stderr == b""
    root = program.parents[1]
    # An interpreter that is linked with its library may find it by `bin/../lib`.
    assert Path(prefix).resolve() == root
    assert module.startswith(f"{archive}/json/")
    assert extension.startswith(f"{extensions}/")
    assert all(name.startswith(f"{root}/lib/") for name in path)


def test_what_no_action_imports_is_left_out(program: Path) -> None:
    (archive,) = program.parents[1].glob("lib/*.zip")

    with zipfile.ZipFile(archive) as opened:
        folders = {name.split("/")[0] for name in opened.namelist()}
    assert {"argparse.pyc", "asyncio"} < folders
    assert folders.isdisjoint(interpreter.LEFT_OUT | {interpreter.EXTENSIONS})


def test_same_interpreter_is_the_same_bytes(program: Path, tmp_path: Path) -> None:
    contents = []
    for other in (program, copy(tmp_path)):
        files = sorted(it for it in other.parents[1].rglob("*") if it.is_file())
        contents.append([it.read_bytes() for it in files])

    assert contents[0] == contents[1]


def test_libraries_that_it_is_linked_with_come_along(tmp_path: Path) -> None:
    (tmp_path / "python").write_bytes(b"\0libpython9.so.1.0\0")
    for name in ("libpython9.so.1.0", "libpython8.so.1.0", "libssl.so"):
        (tmp_path / name).touch()

    found = interpreter.shared_libraries(tmp_path / "python", tmp_path)
    assert [it.name for it in found] == ["libpython9.so.1.0"]
