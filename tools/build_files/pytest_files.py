"""Says which files pytest would run, by the settings that pytest reads itself."""

import ast
import builtins
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

TEST_FOLDERS = frozenset({"test", "testing", "tests"})
# Fields that hold statements of the same scope.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
# Bases from which no class inherits a test.
_WITHOUT_TESTS = {
    *dir(builtins),
    *("ABC", "BaseModel", "Enum", "NamedTuple", "Protocol", "StrEnum", "TypedDict"),
}


@dataclass(frozen=True)
class PytestFiles:
    """What makes a file, a class and a function a test; pytest's own defaults."""

    files: Sequence[str] = ("test_*.py", "*_test.py")
    classes: Sequence[str] = ("Test",)
    functions: Sequence[str] = ("test",)

    def is_named_so(self, path: str) -> bool:
        """Return whether pytest would look for tests in a file of that name."""
        name = path.rpartition("/")[2]
        return any(
            fnmatchcase(path if "/" in pattern else name, pattern)
            for pattern in self.files
        )

    def takes(self, path: str, source: bytes) -> bool:
        """Return whether pytest would run tests of a file.

        Outside a folder of tests one may offer no more than bases for tests of others.
        """
        if not self.is_named_so(path) or not self.holds_tests(source):
            return False
        is_among_tests = not TEST_FOLDERS.isdisjoint(path.split("/"))
        return is_among_tests or not self._offers_bases(source)

    def _offers_bases(self, source: bytes) -> bool:
        """Return whether all that may be a test are classes of unittest without one."""
        try:
            found = filter(self._is_test, _scope(ast.parse(source).body))
        except SyntaxError, ValueError:
            return False
        return all(
            isinstance(node, ast.ClassDef)
            and all(ast.unparse(base).startswith("unittest.") for base in node.bases)
            and not any(map(self._is_test, _scope(node.body)))
            for node in found
        )

    def holds_tests(self, source: bytes) -> bool:
        """Return whether a source holds a test, or can't be read.

        A class that may inherit tests counts: what pytest might run is not lost.
        """
        try:
            body = ast.parse(source).body
        except SyntaxError, ValueError:
            return True
        statements = list(_scope(body))
        return not _is_off(statements) and any(map(self._is_test, statements))

    def _is_test(self, node: ast.AST) -> bool:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return _is_called(node.name, self.functions) and not _is_fixture(node)
            case ast.ClassDef():
                return self._is_test_class(node)
            case ast.Assign(
                targets=[ast.Name(name)], value=ast.Attribute(attr="TestCase")
            ):
                # As hypothesis has it: TestShop = ShopMachine.TestCase.
                return True
            case ast.Assign(targets=[ast.Name(name)], value=ast.Lambda()):
                return _is_called(name, self.functions)
            case ast.ImportFrom():
                names = [alias.asname or alias.name for alias in node.names]
                return any(name.startswith("test_") for name in names)
        return False

    def _is_test_class(self, node: ast.ClassDef) -> bool:
        statements = list(_scope(node.body))
        methods = {
            found.name
            for found in statements
            if isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef))
        }
        if _is_off(statements):
            return False
        bases = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
        if any(base.endswith("TestCase") for base in bases):
            return True
        tests = any(_is_called(name, self.functions) for name in methods)
        if _is_called(node.name, self.classes) and not methods & {
            "__init__",
            "__new__",
        }:
            return tests or not set(bases) <= _WITHOUT_TESTS
        return bool(bases) and tests


def _scope(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the statements of a scope, those in `if`, `try`, `with` and loops included."""
    for node in body:
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for block in _BLOCKS:
            yield from _scope(getattr(node, block, []))


def _is_off(statements: Iterable[ast.AST]) -> bool:
    """Return whether a module or class says `__test__ = False`."""
    return any(
        isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == "__test__"
        and ast.unparse(node.value) == "False"
        for node in statements
    )


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("fixture" in ast.unparse(used) for used in node.decorator_list)


def _is_called(name: str, patterns: Iterable[str]) -> bool:
    """Return whether a name is one of those; a pattern is a prefix or has wildcards."""
    return any(
        name.startswith(pattern)
        or (any(letter in pattern for letter in "*?[") and fnmatchcase(name, pattern))
        for pattern in patterns
    )


def read_pytest_files(pyproject: str) -> PytestFiles:
    """Return what a pyproject.toml sets for pytest."""
    tool = tomllib.loads(pyproject).get("tool", {}).get("pytest", {})
    settings = tool | tool.get("ini_options", {})
    known = {
        field: settings[f"python_{field}"]
        for field in ("files", "classes", "functions")
        if f"python_{field}" in settings
    }
    return PytestFiles(
        **{
            field: value.split() if isinstance(value, str) else tuple(value)
            for field, value in known.items()
        }
    )
