"""Reads what one Python source imports, without running it.

An import that may fail on purpose (inside `try … except ImportError`, or under a test
of the platform) is *optional*; one below `if TYPE_CHECKING` is *typing only*.

No dataclass here nor in the other modules of the check: it runs once per target, and
`import dataclasses` takes longer than the check itself.
"""

import ast
import os
import sys
from collections.abc import Iterator, Sequence

IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
# Functions that import the module that their first argument names.
IMPORTERS = {"import_module", "__import__"}
# The same, and happy where it is missing.
PROBES = {"find_spec", "importorskip"}
COMPARISONS = {
    ast.Eq: tuple.__eq__,
    ast.NotEq: tuple.__ne__,
    ast.Gt: tuple.__gt__,
    ast.GtE: tuple.__ge__,
    ast.Lt: tuple.__lt__,
    ast.LtE: tuple.__le__,
}
PLATFORM_NAMES = {"platform", "name", "system", "implementation"}


class Import:
    """One module that a source needs, and where it says so."""

    __slots__ = ("column", "line", "module", "name", "optional", "typing_only")

    def __init__(self, node: ast.AST, module: str, name: str, context: Context) -> None:
        self.line: int = getattr(node, "lineno", 1)
        self.column: int = getattr(node, "col_offset", 0) + 1
        self.module = module
        """The module, absolute."""
        self.name = name
        """What is taken from it, perhaps a module too; empty for a plain import."""
        self.optional = context.optional
        self.typing_only = context.typing_only


class Context:
    """What is known of the statements that surround an import."""

    __slots__ = ("optional", "typing_only")

    def __init__(self, *, optional: bool = False, typing_only: bool = False) -> None:
        self.optional = optional
        self.typing_only = typing_only

    def with_optional(self) -> Context:
        """Return the same, where a failure is expected."""
        return Context(optional=True, typing_only=self.typing_only)

    def with_typing_only(self) -> Context:
        """Return the same, where the code never runs."""
        return Context(optional=self.optional, typing_only=True)


def parse_imports(text: str, package: Sequence[str]) -> list[Import]:
    """Return the imports of a source, in its order.

    Args:
        text: the source.
        package: the parts of the package that the source is in, for relative imports.

    Raises:
        SyntaxError: the source is not Python.
    """
    tree = ast.parse(text)
    found = list(_in_statements(tree.body, Context(), package))
    if any(word in text for word in IMPORTERS | PROBES):
        found.extend(_in_calls(tree, package))
    if "pytest_plugins" in text:
        found.extend(_in_pytest_plugins(tree.body))
    return found


def _in_statements(
    body: Sequence[ast.stmt], context: Context, package: Sequence[str]
) -> Iterator[Import]:
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(node, alias.name, "", context)
        elif isinstance(node, ast.ImportFrom):
            yield from _in_import_from(node, context, package)
        elif isinstance(node, (ast.Try, ast.TryStar)):
            yield from _in_try(node, context, package)
        else:
            for inner_body, inner in _blocks(node, context):
                yield from _in_statements(inner_body, inner, package)


def _blocks(
    node: ast.stmt, context: Context
) -> Iterator[tuple[list[ast.stmt], Context]]:
    """Yield the blocks of a statement that may run, and what is known of each."""
    match node:
        case ast.If():
            yield from _live_branches(node, context)
        case ast.With() | ast.AsyncWith():
            yield node.body, context.with_optional() if _suppresses(node) else context
        case ast.Match():
            for arm in node.cases:
                yield arm.body, context
        case _:
            yield getattr(node, "body", []), context
            yield getattr(node, "orelse", []), context


def _in_import_from(
    node: ast.ImportFrom, context: Context, package: Sequence[str]
) -> Iterator[Import]:
    module = absolute_module(node.module or "", node.level, package)
    for alias in node.names if module else ():
        yield Import(node, module, "" if alias.name == "*" else alias.name, context)


def absolute_module(module: str, level: int, package: Sequence[str]) -> str:
    """Return the module that a relative import names; empty if it leaves the root."""
    if level == 0:
        return module
    parts = list(package[: len(package) - level + 1])
    if level > len(package):
        return ""
    return ".".join([*parts, module] if module else parts)


def _in_try(
    node: ast.Try | ast.TryStar, context: Context, package: Sequence[str]
) -> Iterator[Import]:
    guarded = any(_catches_import_error(handler.type) for handler in node.handlers)
    inner = context.with_optional() if guarded else context
    yield from _in_statements(node.body, inner, package)
    for handler in node.handlers:
        yield from _in_statements(handler.body, inner, package)
    yield from _in_statements(node.orelse, inner, package)
    yield from _in_statements(node.finalbody, context, package)


def _catches_import_error(caught: ast.expr | None) -> bool:
    match caught:
        case None:
            return True
        case ast.Tuple():
            return any(_catches_import_error(element) for element in caught.elts)
        case ast.Name():
            return caught.id in IMPORT_ERRORS
        case ast.Attribute():
            return caught.attr in IMPORT_ERRORS
    return False


def _suppresses(node: ast.With | ast.AsyncWith) -> bool:
    """Return whether the block is `with suppress(ImportError)`."""
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and _last_name(call.func) == "suppress":
            return any(_catches_import_error(argument) for argument in call.args)
    return False


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
    return ""


def _live_branches(
    node: ast.If, context: Context
) -> Iterator[tuple[list[ast.stmt], Context]]:
    if _last_name(node.test) == "TYPE_CHECKING":
        yield node.body, context.with_typing_only()
        yield node.orelse, context
        return
    truth = _version_truth(node.test)
    if truth is None:
        inner = context.with_optional() if _asks_platform(node.test) else context
        yield node.body, inner
        yield node.orelse, inner
    else:
        yield (node.body if truth else node.orelse), context


def _version_truth(test: ast.expr) -> bool | None:
    """Return what a comparison of `sys.version_info` gives, or None if it is none."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    compare = COMPARISONS.get(type(test.ops[0]))
    try:
        have = _version_of(test.left)
        wanted = ast.literal_eval(test.comparators[0])
        if not compare or have is None:
            return None
        return compare(have, wanted if isinstance(wanted, tuple) else (wanted,))
    except IndexError, TypeError, ValueError:
        return None


def _version_of(node: ast.expr) -> tuple[object, ...] | None:
    """Return `sys.version_info`, its first items or the one that is asked for, or None for all else."""
    part = node.slice if isinstance(node, ast.Subscript) else None
    if _last_name(node.value if isinstance(node, ast.Subscript) else node) != (
        "version_info"
    ):
        return None
    version = tuple(sys.version_info)
    match part:
        case None:
            return version
        case ast.Constant(value=int(index)):
            return (version[index],)
        case ast.Slice(lower=None, upper=ast.Constant(value=int(end)), step=None):
            return version[:end]
    return None


def _asks_platform(test: ast.expr) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Attribute) and node.attr in PLATFORM_NAMES:
            return _last_name(node.value) in {"sys", "os", "platform"}
    return False


def _in_calls(tree: ast.Module, package: Sequence[str]) -> Iterator[Import]:
    """Yield what `import_module("a.b")` and its kind name by a literal."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function, first = _last_name(node.func), node.args[0]
        if function not in IMPORTERS | PROBES or not isinstance(first, ast.Constant):
            continue
        if isinstance(first.value, str) and first.value:
            name = first.value
            stripped = name.lstrip(".")
            module = absolute_module(stripped, len(name) - len(stripped), package)
            # Code that imports by a function may well catch the failure elsewhere.
            yield Import(node, module, "", Context(optional=function in PROBES))


def _in_pytest_plugins(body: Sequence[ast.stmt]) -> Iterator[Import]:
    for node in body:
        if isinstance(node, ast.Assign):
            names = [_last_name(target) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            names = [_last_name(node.target)]
        else:
            continue
        if "pytest_plugins" in names and node.value:
            for part in ast.walk(node.value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield Import(part, part.value, "", Context())


def mentioned_modules(text: str) -> set[str]:
    """Return the strings that may name a module, as in `uvicorn.run("a.b:app")`."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            module, colon, _ = node.value.partition(":")
            if (colon or "." in module) and all(
                part.isidentifier() for part in module.split(".")
            ):
                names.add(module)
    return names


def package_of(path: str) -> list[str]:
    """Return the parts of the package that a source is in, from its import root."""
    return [part for part in os.path.dirname(path).split("/") if part]
