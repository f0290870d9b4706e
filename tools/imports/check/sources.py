"""Reads what one Python source imports, without running it.

An import that may fail on purpose (inside `try … except ImportError`, or in a branch for
another platform) is *optional*; one that no interpreter runs, as below
`if TYPE_CHECKING` and in a stub, is *typing only*.

No dataclass here nor in the other modules of the check: it runs once per target, and
`import dataclasses` takes longer than the check itself.
"""

import ast
import os
import warnings
from collections.abc import Iterator, Sequence

from tools.imports.check.guards import (
    asks_platform,
    is_here,
    last_name,
    truth,
    typing_names,
)
from tools.imports.check.import_calls import FUNCTIONS, Called, ImportingCalls

IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
# Contexts in which a failure is wanted.
EXPECTING = {"suppress", "raises", "assertRaises"}
# pytest's own plugins, which `pytest_plugins` may name without `_pytest`; a test holds
# the list against pytest's.
_PYTEST_PLUGINS = """
    assertion cacheprovider capture debugging doctest faulthandler fixtures helpconfig
    junitxml legacypath logging main mark monkeypatch pastebin pytester
    pytester_assertions python recwarn reports runner setuponly setupplan skipping
    stepwise subtests terminal terminalprogress threadexception tmpdir unittest
    unraisableexception warnings
"""
PYTEST_PLUGINS = frozenset(_PYTEST_PLUGINS.split())


class SourceSyntaxError(Exception):
    """A source is not Python, or none that Python can hold."""

    def __init__(self, line: int, column: int, text: str) -> None:
        super().__init__(line, column, text)
        self.line = line
        self.column = column
        self.text = text


class Import:
    """One module that a source needs, and where it says so."""

    __slots__ = (
        "absent",
        "column",
        "line",
        "module",
        "name",
        "optional",
        "typing_only",
    )

    def __init__(self, node: ast.AST, module: str, name: str, context: Context) -> None:
        self.line: int = getattr(node, "lineno", 1)
        self.column: int = getattr(node, "col_offset", 0) + 1
        self.module = module
        """The module, absolute; it begins with a dot if it leaves the import root."""
        self.name = name
        """What is taken from it, perhaps a module too; empty for a plain import."""
        self.optional = context.optional
        self.absent = context.absent
        """Whether it is right that it fails: it is another platform's, or a test wants it."""
        self.typing_only = context.typing_only


class Context:
    """What is known of the statements that surround an import."""

    __slots__ = ("absent", "optional", "typing_only")

    def __init__(
        self,
        *,
        optional: bool = False,
        absent: bool = False,
        typing_only: bool = False,
    ) -> None:
        self.optional = optional
        self.absent = absent
        self.typing_only = typing_only

    def with_optional(self, *, absent: bool = False) -> Context:
        """Return the same, where a failure is expected, perhaps for what is never there."""
        return Context(
            optional=True,
            absent=absent or self.absent,
            typing_only=self.typing_only,
        )

    def narrowed(self, *, runs: bool, is_typed: bool) -> Context | None:
        """Return what holds in a branch, or None where nobody reads it.

        Args:
            runs: whether an interpreter may run the branch.
            is_typed: whether a type checker looks into it.
        """
        if runs and not self.typing_only:
            return self
        if not is_typed:
            return None
        return Context(optional=self.optional, absent=self.absent, typing_only=True)


def parse(data: bytes) -> ast.Module:
    """Return the syntax tree of a source, by its cookie or byte order mark.

    Raises:
        SourceSyntaxError: Python refuses it.
    """
    try:
        with warnings.catch_warnings():
            # ruff reports these, and each action that parses would print them.
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except SyntaxError as error:
        text = f"is not Python: {error.msg}"
        if (error.text or "").startswith("<<<<<<< "):
            text = "holds a merge conflict"
        elif "set_int_max_str_digits" in error.msg:
            text = "holds a number of more digits than Python reads but in hexadecimal"
        raise SourceSyntaxError(error.lineno or 0, error.offset or 0, text) from None
    except MemoryError, RecursionError, ValueError:
        text = "is nested too deeply for Python to read"
        raise SourceSyntaxError(0, 0, text) from None


def parse_imports(
    data: bytes, package: Sequence[str], *, is_stub: bool = False
) -> list[Import]:
    """Return the imports of a source, in its order.

    Args:
        data: the source.
        package: the parts of the package that the source is in, for relative imports.
        is_stub: whether it is a stub, which nothing runs.

    Raises:
        SourceSyntaxError: Python refuses the source.
    """
    tree = parse(data)
    names = typing_names(tree) if b"TYPE_CHECKING" in data or b"MYPY" in data else set()
    calls = any(word.encode() in data for word in FUNCTIONS)
    reader = _Reader(package, names, ImportingCalls(tree) if calls else None)
    found = list(reader.read(tree.body, Context(typing_only=is_stub)))
    if b"pytest_plugins" in data:
        found.extend(_in_pytest_plugins(tree))
    return found


class _Reader:
    """Walks the statements of one source."""

    def __init__(
        self, package: Sequence[str], names: set[str], calls: ImportingCalls | None
    ) -> None:
        self._package = package
        self._names = names
        self._calls = calls

    def read(self, body: Sequence[ast.stmt], context: Context) -> Iterator[Import]:
        """Yield the imports of a block."""
        for node in body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(node, alias.name, "", context)
            elif isinstance(node, ast.ImportFrom):
                yield from self._in_import_from(node, context)
            else:
                if self._calls:
                    yield from self._in_calls(self._calls, node, context)
                for inner_body, inner in self._blocks(node, context):
                    yield from self.read(inner_body, inner)

    def _in_import_from(
        self, node: ast.ImportFrom, context: Context
    ) -> Iterator[Import]:
        module = absolute_module(node.module or "", node.level, self._package)
        for alias in node.names:
            yield Import(node, module, "" if alias.name == "*" else alias.name, context)

    def _in_calls(
        self, calls: ImportingCalls, node: ast.stmt, context: Context
    ) -> Iterator[Import]:
        for part in ast.iter_child_nodes(node):
            if not isinstance(part, ast.stmt | ast.excepthandler | ast.match_case):
                for call, called in calls.named_in(part):
                    yield self._called(call, called, context)

    def _called(self, call: ast.Call, called: Called, context: Context) -> Import:
        package = self._package if called.package is None else called.package
        module = absolute_module(called.module, called.level, package)
        if called.is_probe:
            context = context.with_optional(absent=called.is_question)
        return Import(call, module, called.name, context)

    def _blocks(
        self, node: ast.stmt, context: Context
    ) -> Iterator[tuple[Sequence[ast.stmt], Context]]:
        """Yield the blocks of a statement that may run, and what is known of each."""
        match node:
            case ast.If():
                yield from self._branches(node, context)
            case ast.Try() | ast.TryStar():
                yield from _parts_of_try(node, context)
            case ast.With() | ast.AsyncWith():
                if expecting := _expecting(node):
                    context = context.with_optional(absent=expecting != "suppress")
                yield node.body, context
            case ast.Match():
                for arm in node.cases:
                    yield arm.body, context
            case _:
                yield getattr(node, "body", []), context
                yield getattr(node, "orelse", []), context

    def _branches(
        self, node: ast.If, context: Context | None
    ) -> Iterator[tuple[Sequence[ast.stmt], Context]]:
        # A loop: a chain of `elif` is as deep as it is long.
        while context:
            runs = truth(node.test, self._names, is_typing=False)
            typed = truth(node.test, self._names, is_typing=True)
            asks = asks_platform(node.test)
            here = is_here(node.test) if asks else None
            elsewhere = context.with_optional(absent=True) if asks else context
            body = context if here is True else elsewhere
            inside = body.narrowed(runs=runs is not False, is_typed=typed is not False)
            if inside:
                yield node.body, inside
            if here is not False:
                context = elsewhere
            context = context.narrowed(
                runs=runs is not True, is_typed=typed is not True
            )
            match node.orelse:
                case [ast.If() as following] if context:
                    yield [ast.Expr(following.test)], context
                    node = following
                case rest:
                    if context:
                        yield rest, context
                    return


def _parts_of_try(
    node: ast.Try | ast.TryStar, context: Context
) -> Iterator[tuple[Sequence[ast.stmt], Context]]:
    guarded = any(_catches_import_error(handler.type) for handler in node.handlers)
    inner = context.with_optional() if guarded else context
    yield node.body, inner
    for handler in node.handlers:
        yield handler.body, inner
    yield node.orelse, inner
    yield node.finalbody, context


def absolute_module(module: str, level: int, package: Sequence[str]) -> str:
    """Return the module that a relative import names, dots first if it leaves the root."""
    if level == 0:
        return module
    if level > len(package):
        return "." * level + module
    parts = package[: len(package) - level + 1]
    return ".".join([*parts, module] if module else parts)


def _catches_import_error(caught: ast.expr | None) -> bool:
    match caught:
        case None:
            return True
        case ast.Tuple():
            return any(_catches_import_error(element) for element in caught.elts)
    return last_name(caught) in IMPORT_ERRORS


def _expecting(node: ast.With | ast.AsyncWith) -> str:
    """Return the name of `with suppress(ImportError)` or one of its kind, if it is one."""
    for item in node.items:
        call = item.context_expr
        if not isinstance(call, ast.Call):
            continue
        name = last_name(call.func)
        if name in EXPECTING and any(map(_catches_import_error, call.args)):
            return name
    return ""


def _in_pytest_plugins(tree: ast.Module) -> Iterator[Import]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                names = [last_name(target) for target in targets]
            case ast.AnnAssign(target=target, value=value):
                names = [last_name(target)]
            case ast.AugAssign(target=target, value=value):
                names = [last_name(target)]
            case _:
                continue
        if "pytest_plugins" in names and value:
            for part in ast.walk(value):
                match part:
                    case ast.Constant(value=str(plugin)) if plugin:
                        yield _plugin(part, plugin)


def _plugin(node: ast.Constant, plugin: str) -> Import:
    if plugin in PYTEST_PLUGINS:
        return Import(node, "_pytest", plugin, Context())
    return Import(node, plugin, "", Context())


def mentioned_modules(data: bytes) -> set[str]:
    """Return the strings that may name a module, as in `uvicorn.run("a.b:app")`."""
    names = set()
    for node in ast.walk(parse(data)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            module, colon, _ = node.value.partition(":")
            if (colon or "." in module) and all(
                part.isidentifier() for part in module.split(".")
            ):
                names.add(module)
    return names


def import_package(path: str) -> list[str]:
    """Return the parts of the package that a source is in, from its import root."""
    return [part for part in os.path.dirname(path).split("/") if part]
