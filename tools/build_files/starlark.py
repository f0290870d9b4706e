"""Runs the Starlark of BUILD and .bzl files, as far as their text alone goes.

What a BUILD file may hold means the same in Python: so its statements run as Python,
with Bazel's functions in place of Python's own. What the text doesn't give, such as a
symbol of another repository, is `Unknown`, and what is made with it is unknown too.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FunctionType, SimpleNamespace
from typing import NamedTuple, Never

from tools.source_text.parsing import UNPARSABLE

UNKNOWN = "\0"
"""Stands in a string for what is unknown of it."""
# Python that Starlark doesn't have; without it a file can't reach past its own names.
_FOREIGN = (
    ast.AsyncFor,
    ast.AsyncFunctionDef,
    ast.AsyncWith,
    ast.Await,
    ast.ClassDef,
    ast.Delete,
    ast.GeneratorExp,
    ast.Global,
    ast.Import,
    ast.ImportFrom,
    ast.NamedExpr,
    ast.Nonlocal,
    ast.Raise,
    ast.Try,
    ast.TryStar,
    ast.While,
    ast.With,
    ast.Yield,
    ast.YieldFrom,
)


class StarlarkError(Exception):
    """A file is not Starlark, or its text alone doesn't say what it does."""

    def __init__(self, path: str, line: int, text: str) -> None:
        super().__init__(f"{path}:{line}: {text}")
        self.path = path
        self.line = line
        self.text = text


class UnknownValueError(Exception):
    """The course of a file depends on what its text doesn't give."""


class Text(str):
    """A string of a BUILD file, and where it is written."""

    __slots__ = ("column", "line")

    line: int
    column: int

    def __new__(cls, value: str, line: int = 0, column: int = 0) -> Text:
        """Return the string at its place."""
        text = super().__new__(cls, value)
        text.line = line
        text.column = column
        return text


class Unknown:
    """A value that the text doesn't give: a rule, or something of another repository."""

    def __init__(self, name: str, called: Callable[..., object]) -> None:
        self.name = name
        self._called = called

    def __call__(self, *arguments: object, **named: object) -> Unknown:
        """Report the call; what it returns is as unknown."""
        self._called(self.name, arguments, named)
        return Unknown(f"{self.name}()", self._called)

    def __getattr__(self, name: str) -> Unknown:
        """Return a part of it."""
        return Unknown(f"{self.name}.{name}", self._called)

    def __str__(self) -> str:
        """Return what stands for it in a text."""
        return UNKNOWN

    def _text(self, _: object) -> str:
        return UNKNOWN

    def _same(self, _: object) -> Unknown:
        return self

    def _sum(self, other: object) -> object:
        return [self, *other] if isinstance(other, list) else self

    def _refuse(self, *_: object) -> Never:
        raise UnknownValueError(self.name)

    __add__ = __radd__ = _sum
    __format__ = _text
    __getitem__ = __mod__ = __rmod__ = __mul__ = __rmul__ = __or__ = __ror__ = _same
    __hash__ = object.__hash__
    __bool__ = __contains__ = __eq__ = __ge__ = __gt__ = __iter__ = _refuse
    __le__ = __len__ = __lt__ = __ne__ = _refuse


def parse(text: str, path: str) -> ast.Module:
    """Return a file's syntax tree.

    Raises:
        StarlarkError: the file is not Starlark.
    """
    try:
        tree = ast.parse(text, path)
    except UNPARSABLE as error:
        line = getattr(error, "lineno", None) or 0
        reason = getattr(error, "msg", str(error))
        raise StarlarkError(path, line, reason) from None
    for node in ast.walk(tree):
        name = getattr(node, "attr", getattr(node, "id", ""))
        if isinstance(node, _FOREIGN) or name.startswith("__"):
            line = getattr(node, "lineno", 0)
            raise StarlarkError(path, line, "Starlark has no such statement or name")
    return tree


def loads_of(tree: ast.Module) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the label of each load, and its symbols by the names that they get here."""
    for node in tree.body:
        call = node.value if isinstance(node, ast.Expr) else None
        if not isinstance(call, ast.Call) or ast.unparse(call.func) != "load":
            continue
        named = {word.arg or "": _text_of(word.value) for word in call.keywords}
        texts = [_text_of(argument) for argument in call.args]
        if texts:
            yield texts[0], {text: text for text in texts[1:]} | named


def _text_of(node: ast.expr) -> str:
    """Return a string that is written out; Bazel refuses a load of anything else."""
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _select(branches: dict[object, object], **_: object) -> object:
    """Return what any branch has: which one is taken is another machine's matter."""
    found: list[object] = []
    for branch in branches.values():
        found += branch if isinstance(branch, list) else [branch]
    return found


def _type(value: object) -> str:
    if isinstance(value, Unknown):
        raise UnknownValueError(value.name)
    names: dict[type, str] = {
        str: "string",
        type(None): "NoneType",
        FunctionType: "function",
    }
    known = (name for kind, name in names.items() if isinstance(value, kind))
    return next(known, type(value).__name__)


def _getattr(value: object, name: str, *default: object) -> object:
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(value, name, *default)


def _fail(*arguments: object, **_: object) -> Never:
    raise ValueError(" ".join(map(str, arguments)))


def _listed(function: Callable[..., Iterable[object]]) -> Callable[..., list[object]]:
    return lambda *arguments, **named: list(function(*arguments, **named))


BUILTINS: dict[str, object] = {
    **{f.__name__: f for f in (abs, all, any, bool, dict, hasattr, int)},
    **{f.__name__: f for f in (len, list, max, min, range, repr, sorted)},
    **{f.__name__: f for f in (str, tuple)},
    **{f.__name__: _listed(f) for f in (enumerate, reversed, zip)},
    "fail": _fail,
    "getattr": _getattr,
    "print": lambda *_, **__: None,
    "select": _select,
    "struct": SimpleNamespace,
    "type": _type,
}


class Failure(NamedTuple):
    """A statement or macro whose course the text doesn't give."""

    line: int
    reason: str
    symbols: frozenset[str]
    """All that it may call, by name."""


def run(
    tree: ast.Module,
    names: dict[str, object],
    unknown: Callable[[str], Unknown],
) -> list[Failure]:
    """Run a file's statements but its loads, each by itself.

    Args:
        tree: the file.
        names: what it can use; what it defines is added.
        unknown: makes the value of a name that nothing defines.

    Returns:
        the statements that could not run.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in names:
            names[node.id] = unknown(node.id)
    names["__builtins__"] = {}
    failed = []
    for statement in tree.body:
        if isinstance(statement, ast.Expr) and "load" in _called(statement.value):
            continue
        module = ast.Module([statement], [])
        try:
            # It has no builtin, no import and no name of Python's: see `parse`.
            exec(compile(module, "BUILD", "exec"), names)  # noqa: S102
        except Exception as error:  # whatever a file may do wrong
            used = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
            symbols = frozenset().union(*(symbols_of(names.get(n)) for n in used))
            failed.append(Failure(statement.lineno, describe(error), symbols))
    return failed


def _called(value: ast.expr) -> list[str]:
    is_call = isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
    # pyrefly: ignore[missing-attribute]
    return [value.func.id] if is_call else []


def symbols_of(value: object, seen: frozenset[object] = frozenset()) -> frozenset[str]:
    """Return the names that a call of a value may come to call."""
    if isinstance(value, Unknown):
        return frozenset({value.name})
    if not isinstance(value, FunctionType) or value in seen:
        return frozenset()
    used: set[str] = set()
    codes = [value.__code__]
    for code in codes:
        used.update(code.co_names)
        codes += [const for const in code.co_consts if isinstance(const, CodeType)]
    below = (symbols_of(value.__globals__.get(n), seen | {value}) for n in used)
    return frozenset(used).union(*below)


def describe(error: Exception) -> str:
    """Return why a statement could not run."""
    if isinstance(error, UnknownValueError):
        return f"it depends on {error}, which this repository's text doesn't give"
    return str(error) or type(error).__name__
