"""Waits for a debugger on loopback before a program or a test begins.

A program's launcher starts this in place of the program, which is the first argument that isn't an option:
attach.py [-I] MAIN [ARGUMENT…]; MONOREPO_DEBUG_PORT may name another port. A test's runner calls `wait_for_debugger`.
debugpy is that of the editor's environment, `.venv`, where the target doesn't depend on it: a debugger changes neither
what is built nor what an image has.
"""

import os
import runpy
import sys
from importlib import import_module
from pathlib import Path

PORT = "MONOREPO_DEBUG_PORT"
DEFAULT_PORT = "5678"
HOST = "127.0.0.1"


def wait_for_debugger(root: Path, port: int) -> None:
    """Return once a debugger is attached; exit with 2 where there is no debugpy.

    Args:
      root: the workspace.
      port: where it is waited for, on loopback.
    """
    # What runs are links to the sources, which is where an editor has its breakpoints.
    os.environ["PYDEVD_RESOLVE_SYMLINKS"] = "1"
    # It warns of modules in the interpreter, whose lines nobody steps through.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    before = list(sys.path)
    sys.path += map(str, root.glob(".venv/lib/python*/site-packages"))
    try:
        # No target depends on it; after the settings above.
        debugpy = import_module("debugpy")
    except ImportError:
        print(
            f"{root}/.venv has no debugpy, wanted it to debug by.\nFix: ./bazelw run //tools/ide",
            file=sys.stderr,
        )
        sys.exit(2)
    try:
        debugpy.listen((HOST, port))
    except RuntimeError as error:
        print(
            f"{HOST}:{port}: a debugger can't be waited for there: {error}.\n"
            "Fix: end what listens there, or name another port: see docs/debugging.md.",
            file=sys.stderr,
        )
        sys.exit(2)
    sys.path[:] = before
    print(f"waits for a debugger at {HOST}:{port}", file=sys.stderr, flush=True)
    debugpy.wait_for_client()


def main() -> None:
    """Wait, and become the program."""
    program = next(
        argument for argument in sys.argv[1:] if not argument.startswith("-")
    )
    sys.argv[:] = sys.argv[sys.argv.index(program) :]
    port = os.environ.get(PORT, DEFAULT_PORT)
    if "TEST_TARGET" in os.environ:
        # It waits by itself, in the process that its tests run in.
        sys.argv.append(f"--wait-for-debugger={port}")
    else:
        wait_for_debugger(Path(__file__).parents[2], int(port))
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
