"""Finds tests that a `py_test` doesn't start: a main program that only defines them; a build action.

Invoked by Bazel as: main_findings --report=FILE --config=PYPROJECT --target=LABEL
--main=PATH_FROM_ROOT=FILE

A `py_test` runs its main program as Python does. One that is written for pytest defines
its tests, ends, and passes.
"""

import ast
from collections.abc import Sequence
from pathlib import Path

from tools.build_files.pytest_files import PytestFiles, read_pytest_files
from tools.findings.finding import Finding, format_report
from tools.source_text.parsing import UNPARSABLE

DEFINITIONS = (
    ast.AnnAssign,
    ast.Assign,
    ast.AsyncFunctionDef,
    ast.AugAssign,
    ast.ClassDef,
    ast.FunctionDef,
    ast.Import,
    ast.ImportFrom,
    ast.Pass,
    ast.TypeAlias,
)


def starts_nothing(source: bytes, pytest_files: PytestFiles) -> bool:
    """Return whether a program holds tests, or anything, and starts none of it."""
    try:
        body = ast.parse(source).body
    except UNPARSABLE:
        return False  # Python says so itself, and fails.
    if any(isinstance(node, ast.If) and _asks_name(node.test) for node in body):
        return False
    if pytest_files.holds_tests(source):
        return not any(map(_is_start, body))
    return all(isinstance(node, DEFINITIONS) or _is_text(node) for node in body)


def _asks_name(test: ast.expr) -> bool:
    names = (node.id for node in ast.walk(test) if isinstance(node, ast.Name))
    return "__name__" in names


def _is_start(node: ast.stmt) -> bool:
    """Return whether a statement starts tests: `unittest.main()`, `sys.exit(...)`, `test_a()`."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    name = ast.unparse(node.value.func).rpartition(".")[2]
    return name in {"exit", "main", "run"} or name.startswith("test")


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def main(argv: Sequence[str]) -> int:
    """Write the report."""
    options = dict(argument.removeprefix("--").split("=", 1) for argument in argv)
    path, _, file = options["main"].partition("=")
    settings = read_pytest_files(Path(options["config"]).read_text(encoding="utf-8"))
    found = []
    if starts_nothing(Path(file).read_bytes(), settings):
        text = f"{options['target']} runs it as a program, and it starts nothing: no test of it runs"
        fix = (
            "make it a pytest_test (//tools/testing:defs.bzl), or start the tests below "
            'if __name__ == "__main__".'
        )
        found.append(Finding(path, 1, 0, "main/no-start", text, fix, options["target"]))
    Path(options["report"]).write_text(format_report(found), encoding="utf-8")
    return 0
