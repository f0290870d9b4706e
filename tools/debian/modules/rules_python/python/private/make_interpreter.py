"""Copies a root's CPython into a folder from which it runs relocated, its standard library compiled.

Invoked by a repository rule as: python3 -I make_interpreter.py 3.14 FOLDER ROOT
The running CPython compiles: of another architecture's root, too, which has the same version.
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


def copy_interpreter(version: str, folder: Path, root: Path) -> None:
    """Copy binary and standard library, symbolic links resolved."""
    name = f"python{version}"
    (folder / "bin").mkdir(parents=True)
    shutil.copy2(root / "usr/bin" / name, folder / "bin" / name)
    library = folder / "lib" / name
    shutil.copytree(
        root / "usr/lib" / name,
        library,
        ignore=shutil.ignore_patterns(*LEFT_OUT),
        # Debian points `sitecustomize.py` out of the root.
        ignore_dangling_symlinks=True,
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
    version, folder, root = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    copy_interpreter(version, folder, root)
    compile_library(folder)


if __name__ == "__main__":
    main()
