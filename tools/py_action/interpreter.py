"""Writes an interpreter of a few files, with its standard library in one archive; a build action.

Invoked by Bazel as: python3 -E -S -s -m tools.py_action.interpreter PYTHON PROGRAM LIBRARY
PYTHON is the interpreter to copy, with its library where it looks for that; PROGRAM is the copy, in a
folder `bin` beside LIBRARY, a folder that is called `lib`.

An interpreter has some thousand files. As inputs of every action they cost more than what the action does: a
cache looks at each of them, and a sandbox links them.

The interpreter finds the archive by itself: https://docs.python.org/3/library/sys_path_init.html
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.py_action.archive import write_archive

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
# Folders that no program of an action imports from.
LEFT_OUT = {
    "__pycache__",
    "ensurepip",
    "idlelib",
    "site-packages",
    "test",
    "turtledemo",
}
EXTENSIONS = "lib-dynload"


def modules(library: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the modules of a standard library, sorted: path in it, source."""
    for folder, folders, names in os.walk(library, followlinks=True):
        folders[:] = sorted(set(folders) - LEFT_OUT - {EXTENSIONS})
        for name in sorted(names):
            if name.endswith(".py"):
                file = Path(folder, name)
                yield file.relative_to(library).as_posix(), file.read_bytes()


def shared_libraries(python: Path, folder: Path) -> Iterator[Path]:
    """Yield the libraries beside an interpreter that it is linked with."""
    program = python.read_bytes()
    for file in sorted(folder.glob("libpython*")):
        if file.name.encode() + b"\0" in program:
            yield file


def main(argv: list[str]) -> int:
    """Write the interpreter that the command line names."""
    python, program, target = map(Path, argv)
    library = python.parents[1] / "lib" / f"python{VERSION}"
    shutil.copyfile(python, program)
    program.chmod(0o755)
    for file in shared_libraries(python, library.parent):
        shutil.copyfile(file, target / file.name)
    write_archive(target / f"python{VERSION.replace('.', '')}.zip", modules(library))
    extensions = target / library.name / EXTENSIONS
    extensions.mkdir(parents=True)
    # By this folder it knows where it is installed; Bazel keeps no empty one.
    (extensions / "README").touch()
    for file in sorted((library / EXTENSIONS).glob("*.so")):
        shutil.copyfile(file, extensions / file.name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
