"""Copies the running CPython into a folder from which it runs relocated, its standard library compiled.

Invoked by a repository rule as: python3 -I make_interpreter.py 3.14 FOLDER
"""

import compileall
import py_compile
import shutil
import sys
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

HOOKS = ("one_site_packages.pth", "one_site_packages.py")


def copy_interpreter(version: str, folder: Path) -> None:
    """Copy binary and standard library, symbolic links resolved."""
    (folder / "bin").mkdir(parents=True)
    shutil.copy2(f"/usr/bin/python{version}", folder / "bin" / f"python{version}")
    library = folder / "lib" / f"python{version}"
    shutil.copytree(
        f"/usr/lib/python{version}", library, ignore=shutil.ignore_patterns(*LEFT_OUT)
    )
    # Debian points this at /etc, which is not in the build.
    (library / "sitecustomize.py").unlink(missing_ok=True)
    # Debian's `site` reads the .pth files here at each start.
    hooks = folder / "lib" / "python3" / "dist-packages"
    hooks.mkdir(parents=True)
    for hook in HOOKS:
        shutil.copyfile(Path(__file__).with_name(hook), hooks / hook)


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
    version, folder = sys.argv[1], Path(sys.argv[2])
    copy_interpreter(version, folder)
    compile_library(folder)


if __name__ == "__main__":
    main()
