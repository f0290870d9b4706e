"""Copies a root's CPython into a folder from which it runs relocated, its standard library compiled.

Invoked by a repository rule as: python3 -I make_interpreter.py FOLDER, with the request in FOLDER/request.json.
The running CPython compiles: of another architecture's root, too, which has the same version.
"""

import compileall
import json
import py_compile
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

# Debian's own additions and what no program in the build may lean on.
LEFT_OUT = (
    "__pycache__",
    "test",
    "idlelib",
    "turtledemo",
    "config-*",
    "EXTERNALLY-MANAGED",
)


def copy_interpreter(
    version: str, folder: Path, root: Path, hooks: Mapping[str, str]
) -> None:
    """Copy binary and standard library, symbolic links resolved.

    Args:
        version: the interpreter's, such as `3.14`.
        folder: where the copy lies.
        root: where the interpreter is installed.
        hooks: the text of each file that `site` reads at a start.
    """
    program = f"python{version}"
    (folder / "bin").mkdir(parents=True)
    shutil.copy2(root / "usr/bin" / program, folder / "bin" / program)
    library = folder / "lib" / program
    shutil.copytree(
        root / "usr/lib" / program,
        library,
        ignore=shutil.ignore_patterns(*LEFT_OUT),
        # Debian points `sitecustomize.py` out of the root.
        ignore_dangling_symlinks=True,
    )
    # Debian points this at /etc, which is not in the build.
    (library / "sitecustomize.py").unlink(missing_ok=True)
    # Debian's `site` reads the .pth files here at each start.
    packages = folder / "lib" / "python3" / "dist-packages"
    packages.mkdir(parents=True)
    for name, text in hooks.items():
        (packages / name).write_text(text)


def compile_library(folder: Path) -> None:
    """Compile every module, with hashes in place of times so that equal sources give equal bytes."""
    compiled = compileall.compile_dir(
        folder / "lib",
        quiet=2,
        stripdir=str(folder),
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        raise SystemExit(
            f"a module of the standard library in {folder} does not compile"
        )


def main() -> None:
    """Copy and compile."""
    folder = Path(sys.argv[1])
    request = json.loads((folder / "request.json").read_text())
    root = Path(request["root"])
    copy_interpreter(request["version"], folder, root, request["hooks"])
    compile_library(folder)


if __name__ == "__main__":
    main()
