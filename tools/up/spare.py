"""Becomes a service's program once it is told the port, with what that imports from distributions loaded before.

Those imports are most of a start. The program's launcher starts this in place of the program: spare.py [-I] MAIN. It
waits for a line on stdin, VARIABLE=PORT; where that ends before, it ends.
"""

import ast
import os
import runpy
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path


def imported_modules(root: Path) -> Iterator[str]:
    """Yield what the sources below a folder import from elsewhere."""
    for path in root.rglob("*.py"):
        if ".venv" in path.as_posix():
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                module = node.module
                names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
            else:
                continue
            tops = [root / name.partition(".")[0] for name in names]
            if not any(top.exists() or top.with_suffix(".py").exists() for top in tops):
                yield from names


def main() -> None:
    """Load, wait, and become the program."""
    program = next(argument for argument in sys.argv[1:] if argument[:1] != "-")
    sys.argv[:] = sys.argv[sys.argv.index(program) :]
    # What fails here, the program meets again, or never needs: a name that is no module, a source that is half saved.
    with suppress(SyntaxError):
        for name in dict.fromkeys(imported_modules(Path())):
            with suppress(Exception):
                import_module(name)
    line = sys.stdin.readline()
    if not line:
        return
    variable, _, port = line.strip().partition("=")
    os.environ[variable] = port
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
