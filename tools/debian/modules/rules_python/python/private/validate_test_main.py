"""Fails for a main program of a `py_test` that defines functions or classes and runs nothing; a build action.

Invoked by Bazel as: validate_test_main LABEL PATH_FROM_ROOT SOURCE OUTPUT
"""

import ast
import sys
from collections.abc import Sequence
from pathlib import Path

DEFINITIONS = (ast.AsyncFunctionDef, ast.ClassDef, ast.FunctionDef)
RUNNING = (ast.Await, ast.Call, ast.Yield, ast.YieldFrom)


def only_defines(source: bytes) -> bool:
    """Return whether a program has definitions, and nothing at its top level that could run them."""
    try:
        body = ast.parse(source).body
    except MemoryError, RecursionError, SyntaxError, ValueError:
        return False  # Python says so itself, and fails.
    return any(isinstance(node, DEFINITIONS) for node in body) and _are_inert(body)


def _are_inert(nodes: Sequence[ast.stmt]) -> bool:
    return all(map(_is_inert, nodes))


def _is_inert(node: ast.stmt) -> bool:
    match node:
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            return node.value is None or not _runs(node.value)
        case ast.Assert() | ast.Expr():
            return not _runs(node)
        case ast.If():
            return not _runs(node.test) and _are_inert(node.body + node.orelse)
        case ast.Try() | ast.TryStar():
            handled = [inner for handler in node.handlers for inner in handler.body]
            return _are_inert(node.body + handled + node.orelse + node.finalbody)
    return isinstance(
        node, (*DEFINITIONS, ast.Import, ast.ImportFrom, ast.Pass, ast.TypeAlias)
    )


def _runs(node: ast.AST) -> bool:
    return any(isinstance(inner, RUNNING) for inner in ast.walk(node))


def main(argv: Sequence[str]) -> int:
    """Write an empty file, or say what is wrong."""
    label, path, source, output = argv
    if only_defines(Path(source).read_bytes()):
        text = (
            f"{label} runs {path}, which only defines functions or classes: no test of it runs.\n"
            'Fix: start the tests below if __name__ == "__main__", or name a main that starts them.'
        )
        print(text, file=sys.stderr)
        return 1
    Path(output).write_bytes(b"")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
