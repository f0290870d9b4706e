"""Says which files pytest would run, by the settings that pytest reads itself."""

import ast
import builtins
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tools.source_text.parsing import UNPARSABLE

TEST_FOLDERS = frozenset({"test", "testing", "tests"})
# Fields that hold statements of the same scope.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
# What brings names into a module that no statement of it binds.
_MAKES_NAMES = re.compile(
    r"(globals|locals|vars)\(\)[.[]|exec\(|setattr\(sys\.modules|sys\.modules\[.*\]\."
)
# Values that are neither a function nor a class.
_DATA = (
    *(ast.BinOp, ast.Compare, ast.Constant, ast.Dict, ast.DictComp, ast.GeneratorExp),
    *(ast.JoinedStr, ast.List, ast.ListComp, ast.Set, ast.SetComp, ast.Tuple),
    *(ast.TemplateStr, ast.UnaryOp),
)
# What a function that gives no value says it gives.
_NOTHING = {"None", "Never", "NoReturn"}
_FIXTURES = {"fixture", "yield_fixture"}
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

        Outside a folder of tests one may offer no more than bases for tests of others, and functions that give a value.
        """
        if not self.is_named_so(path):
            return False
        is_among_tests = not TEST_FOLDERS.isdisjoint(path.split("/"))
        if self.holds_tests(source) and (
            is_among_tests or not self._is_for_others(source)
        ):
            return True
        return _may_inherit(source)

    def _is_for_others(self, source: bytes) -> bool:
        """Return whether all that may be a test is meant to be called or inherited."""
        try:
            found = filter(self._is_test, _scope(ast.parse(source).body))
            return all(map(self._is_offered, found))
        except UNPARSABLE:
            return False

    def _is_offered(self, node: ast.AST) -> bool:
        """Return whether this is a class of unittest without a test, or a function that says it gives a value."""
        match node:
            case ast.ClassDef(bases=bases, body=body):
                return all(
                    ast.unparse(base).startswith("unittest.") for base in bases
                ) and not any(map(self._is_test, _scope(body)))
            case ast.FunctionDef(returns=ast.expr() as given):
                return _last_name(given).strip("'\"") not in _NOTHING
        return False

    def holds_tests(self, source: bytes) -> bool:
        """Return whether a source holds a test, or can't be read.

        What may inherit or make tests counts: what pytest might run is not lost.
        """
        try:
            module = ast.parse(source)
            if _is_set(module.body, "False"):
                return False
            statements = list(_scope(module.body))
            return (
                any(map(self._is_test, statements))
                or self._only_imports(statements)
                or any(map(self._makes_names, ast.walk(module)))
            )
        except UNPARSABLE:
            return True

    def _is_test(self, node: ast.AST) -> bool:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return _is_called(node.name, self.functions) and not _is_fixture(node)
            case ast.ClassDef():
                return self._is_test_class(node)
            case ast.ImportFrom():
                names = [alias.asname or alias.name for alias in node.names]
                return any(name == "*" or name.startswith("test_") for name in names)
            case ast.Expr(value=ast.Call(func=func)) if _last_name(func) == "scenarios":
                # pytest-bdd's makes tests of a file.
                return True
        return any(self._may_be_made(*bound) for bound in _bound(node))

    def _may_be_made(self, target: ast.expr, value: ast.expr) -> bool:
        """Return whether what is bound may be a test: a function or class that another makes."""
        name = ast.unparse(target)
        match value:
            case ast.Attribute(attr="TestCase"):
                # As hypothesis has it: TestShop = ShopMachine.TestCase.
                return True
            case ast.Call(func=func):
                patterns = [*self.functions, *self.classes]
                # Path(…) and TestClient(…) make none.
                is_data = _last_name(func)[:1].isupper()
            case ast.Name() | ast.Attribute() if _last_name(value) != name:
                patterns, is_data = [*self.functions, *self.classes], False
            case _:
                patterns, is_data = [*self.functions], isinstance(value, _DATA)
        return not is_data and _is_called(name, patterns)

    def _makes_names(self, node: ast.AST) -> bool:
        """Return whether a part of a module may bind tests in it by another way than its name."""
        match node:
            case ast.Global(names=names):
                return any(_is_called(name, self.functions) for name in names)
            case (
                ast.Call()
                | ast.Subscript(ctx=ast.Store())
                | ast.Attribute(ctx=ast.Store())
            ):
                return bool(_MAKES_NAMES.match(ast.unparse(node)))
        return False

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


def _bound(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what a statement binds, its blocks apart, each with its value."""
    pairs: list[tuple[ast.expr | None, ast.expr]] = []
    match node:
        case ast.Assign(targets=targets, value=value):
            pairs = [(target, value) for target in targets]
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            pairs = [(target, value)]
        case ast.For(target=target, iter=ast.List(elts=them) | ast.Tuple(elts=them)):
            pairs = [(target, value) for value in them]
        case ast.With(items=items):
            pairs = [(item.optional_vars, item.context_expr) for item in items]
    for bound, value in pairs:
        if bound:
            yield from _pairs(bound, value)
    parts = (it for it in ast.iter_child_nodes(node) if isinstance(it, ast.expr))
    for found in (it for part in parts for it in ast.walk(part)):
        if isinstance(found, ast.NamedExpr):
            yield found.target, found.value


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield the names that a value is unpacked to, each with its part of it, or with all."""
    if not isinstance(target, ast.List | ast.Tuple):
        yield target, value
        return
    values = getattr(value, "elts", [])
    for index, part in enumerate(target.elts):
        yield from _pairs(
            part, values[index] if len(values) == len(target.elts) else value
        )


def _may_inherit(source: bytes) -> bool:
    """Return whether a class of a source, of whatever name, may inherit tests from one that isn't in it.

    Those of unittest itself are known by their name.
    """
    without = set(_WITHOUT_TESTS)
    try:
        body = ast.parse(source).body
    except UNPARSABLE:
        return True
    if _is_set(body, "False"):
        return False
    for node in _scope(body):
        match node:
            case ast.ImportFrom(module=str() as module, level=0) if _is_pythons(module):
                without.update(
                    alias.asname or alias.name
                    for alias in node.names
                    if not alias.name.endswith("TestCase")
                )
            case ast.ClassDef():
                bases = [
                    ast.unparse(base.value if isinstance(base, ast.Subscript) else base)
                    for base in node.bases
                ]
                known = all(
                    base.rpartition(".")[2] in without or _is_pythons(base)
                    for base in bases
                )
                if not known and not _is_set(node.body, "False"):
                    return True
                without.add(node.name)
    return False


def _is_pythons(name: str) -> bool:
    """Return whether a dotted name begins with a module of Python."""
    return name.partition(".")[0] in sys.stdlib_module_names - {"test"}


def _is_set(body: Iterable[ast.AST], value: str) -> bool:
    """Return whether a module or class sets `__test__` to this, whatever else holds."""
    return any(
        isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == "__test__"
        and ast.unparse(node.value) == value
        for node in body
    )


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(_last_name(used) in _FIXTURES for used in node.decorator_list)


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
