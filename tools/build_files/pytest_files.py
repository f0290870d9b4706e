"""Says which files pytest would run, by the settings that pytest reads itself."""

import ast
import builtins
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tools.source_text.parsing import UNPARSABLE

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
            return all(
                isinstance(node, ast.ClassDef)
                and all(ast.unparse(b).startswith("unittest.") for b in node.bases)
                and not any(map(self._is_test, _scope(node.body)))
                for node in found
            )
        except UNPARSABLE:
            return False

    def holds_tests(self, source: bytes) -> bool:
        """Return whether a source holds a test, or can't be read.

        What may inherit or make tests counts: what pytest might run is not lost.
        """
        try:
            body = ast.parse(source).body
            if _is_set(body, "False"):
                return False
            statements = list(_scope(body))
            return any(map(self._is_test, statements)) or self._only_imports(statements)
        except UNPARSABLE:
            return True

    def _is_test(self, node: ast.AST) -> bool:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return _is_called(node.name, self.functions) and not _is_fixture(node)
            case ast.ClassDef():
                return self._is_test_class(node)
            case ast.Assign() | ast.AnnAssign():
                return self._may_be_made(node)
            case ast.ImportFrom():
                names = [alias.asname or alias.name for alias in node.names]
                return any(name == "*" or name.startswith("test_") for name in names)
            case ast.Expr(value=ast.Call(func=func)):
                # pytest-bdd's makes tests of a file.
                return _last_name(func) == "scenarios"
        return False

    def _may_be_made(self, node: ast.Assign | ast.AnnAssign) -> bool:
        """Return whether what is set may be a test: a function or class that another makes."""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any("globals()" in ast.unparse(target) for target in targets):
            return True
        match node.value:
            case ast.Attribute(attr="TestCase"):
                # As hypothesis has it: TestShop = ShopMachine.TestCase.
                return True
            case ast.Call(func=func):
                patterns = [*self.functions, *self.classes]
                # Path(…) and TestClient(…) make none.
                is_maker = not _last_name(func)[:1].isupper()
            case ast.Lambda() | ast.Name() | ast.Attribute():
                patterns, is_maker = [*self.functions], True
            case _:
                return False
        parts = [part for target in targets for part in ast.walk(target)]
        names = [part.id for part in parts if isinstance(part, ast.Name)]
        return is_maker and any(_is_called(name, patterns) for name in names)

    def _only_imports(self, statements: Sequence[ast.AST]) -> bool:
        """Return whether a source does nothing but take classes of tests from among other tests."""
        imports = [node for node in statements if isinstance(node, ast.ImportFrom)]
        others = [node for node in statements if node not in imports]
        return all(isinstance(node, ast.Expr | ast.Import) for node in others) and any(
            _is_called(alias.asname or alias.name, self.classes)
            for node in imports
            if node.level or TEST_FOLDERS.intersection((node.module or "").split("."))
            for alias in node.names
        )

    def _is_test_class(self, node: ast.ClassDef) -> bool:
        if _is_set(node.body, "False"):
            return False
        bases = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
        if any(base.endswith("TestCase") for base in bases):
            return True
        statements = list(_scope(node.body))
        tests = any(map(self._is_test, statements))
        made = {getattr(found, "name", "") for found in statements}
        is_named_so = _is_called(node.name, self.classes) and made.isdisjoint(
            {"__init__", "__new__"}
        )
        if is_named_so or node.name.endswith(("Test", "Tests")):
            return (is_named_so and tests) or not set(bases) <= _WITHOUT_TESTS
        return tests and (bool(bases) or _is_set(node.body, "True"))


def _scope(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the statements of a scope, those in `if`, `try`, `with` and loops included."""
    for node in body:
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for block in _BLOCKS:
            yield from _scope(getattr(node, block, []))


def _is_set(body: Iterable[ast.AST], value: str) -> bool:
    """Return whether a module or class sets `__test__` to this, whatever else holds."""
    return any(
        isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == "__test__"
        and ast.unparse(node.value) == value
        for node in body
    )


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(_last_name(used).endswith("fixture") for used in node.decorator_list)


def _last_name(called: ast.expr) -> str:
    """Return `c` of `a.b.c`, also where that is called."""
    while isinstance(called, ast.Call):
        called = called.func
    return ast.unparse(called).rpartition(".")[2]


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
