"""What the test of an `if` says of its branches: whether they run, and for whom.

A branch may run, be there for the type checker only, or be for another Python.
"""

import ast
import os
import sys
from collections.abc import Callable, Container, Set
from typing import Any

TYPING_MODULES = {"typing", "typing_extensions"}
# Names that every type checker takes for true.
TYPING_NAMES = {"TYPE_CHECKING", "MYPY"}
# `Any`: each takes two tuples, and is typed in a way of its own.
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: tuple.__eq__,
    ast.NotEq: tuple.__ne__,
    ast.Gt: tuple.__gt__,
    ast.GtE: tuple.__ge__,
    ast.Lt: tuple.__lt__,
    ast.LtE: tuple.__le__,
}
FIELDS = ("major", "minor", "micro", "releaselevel", "serial")
PLATFORM_NAMES = {"platform", "name", "system", "implementation"}
# What a test may ask of a platform, and what it is told where the check runs.
ANSWERS = {
    "os.name": os.name,
    "platform.system()": {"darwin": "Darwin", "linux": "Linux"}.get(sys.platform),
    "sys.platform": sys.platform,
}


def typing_names(tree: ast.Module) -> set[str]:
    """Return the names that stand for `TYPE_CHECKING` in a source."""
    names = set(TYPING_NAMES)
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=module) if module in TYPING_MODULES:
                names |= {
                    alias.asname
                    for alias in node.names
                    if alias.asname and alias.name == "TYPE_CHECKING"
                }
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if is_typing_name(value, names):
                    names.add(name)
    return names


def is_typing_name(node: ast.expr, names: Set[str]) -> bool:
    """Return whether an expression is `TYPE_CHECKING`, however it was imported."""
    match node:
        case ast.Name():
            return node.id in names
        case ast.Attribute():
            return node.attr in TYPING_NAMES
    return False


def truth(test: ast.expr, names: Set[str], *, is_typing: bool) -> bool | None:
    """Return what a test gives, or None where that isn't known before it runs.

    Args:
        test: the test.
        names: the names that stand for `TYPE_CHECKING`.
        is_typing: whether a type checker asks, and no interpreter.
    """
    match test:
        case ast.Name() | ast.Attribute() if is_typing_name(test, names):
            return is_typing
        case ast.Constant() if not is_typing:
            # A type checker looks into `if False:` as well.
            return bool(test.value)
        case ast.Compare():
            return _version_truth(test)
    return _combined(test, lambda part: truth(part, names, is_typing=is_typing))


def _combined(test: ast.expr, part: Callable[[ast.expr], bool | None]) -> bool | None:
    """Return what `not`, `and` and `or` make of parts; None for all else."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = part(operand)
            return None if inner is None else not inner
        case ast.BoolOp(op=operator, values=values):
            deciding = isinstance(operator, ast.Or)
            parts = {part(value) for value in values}
            undecided = None if None in parts else not deciding
            return deciding if deciding in parts else undecided
    return None


def _version_truth(test: ast.Compare) -> bool | None:
    """Return what a comparison of `sys.version_info` gives, or None if it is none."""
    sides = [test.left, *test.comparators]
    results = []
    for left, operator, right in zip(sides, test.ops, sides[1:], strict=False):
        compare = COMPARISONS.get(type(operator))
        try:
            have, wanted = _side(left), _side(right)
            asked = [side for side in (left, right) if _version_of(side)]
            if not compare or not asked:
                return None
            results.append(compare(have, wanted))
        except IndexError, TypeError, ValueError:
            return None
    return all(results)


def _side(node: ast.expr) -> tuple[object, ...]:
    version = _version_of(node)
    if version is not None:
        return version
    value = ast.literal_eval(node)
    return value if isinstance(value, tuple) else (value,)


def _version_of(node: ast.expr) -> tuple[object, ...] | None:
    """Return `sys.version_info` or a part of it as a tuple, or None for all else."""
    version = tuple(sys.version_info)
    match node:
        case ast.Name(id="version_info") | ast.Attribute(attr="version_info"):
            return version
        case ast.Attribute(attr=field, value=value) if field in FIELDS:
            is_version = _version_of(value) == version
            return (version[FIELDS.index(field)],) if is_version else None
        case ast.Subscript(value=value) if _version_of(value) == version:
            match node.slice:
                case ast.Constant(value=int(index)):
                    return (version[index],)
                case ast.Slice(
                    lower=None | ast.Constant(value=0),
                    upper=ast.Constant(value=int(end)),
                    step=None,
                ):
                    return version[:end]
    return None


def is_here(test: ast.expr) -> bool | None:
    """Return what a test of the platform gives on this one, or None where that isn't known before it runs."""
    match test:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _platform_truth(ast.unparse(left), operator, right)
        case ast.Call(func=ast.Attribute(value, "startswith"), args=[start]):
            have, wanted = ANSWERS.get(ast.unparse(value)), _literal(start)
            return have.startswith(wanted) if have and isinstance(wanted, str) else None
    return _combined(test, is_here)


def _platform_truth(asked: str, operator: ast.cmpop, right: ast.expr) -> bool | None:
    have, wanted = ANSWERS.get(asked), _literal(right)
    if have is None or wanted is None:
        return None
    match operator:
        case ast.Eq() | ast.NotEq():
            return (have == wanted) == isinstance(operator, ast.Eq)
        case ast.In() | ast.NotIn() if isinstance(wanted, Container) and not isinstance(
            wanted, bytes
        ):
            return (have in wanted) == isinstance(operator, ast.In)
    return None


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except TypeError, ValueError:
        return None


def asks_platform(test: ast.expr) -> bool:
    """Return whether a test asks on which platform it runs."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in PLATFORM_NAMES
        and last_name(node.value) in {"sys", "os", "platform"}
        for node in ast.walk(test)
    )


def last_name(node: ast.expr) -> str:
    """Return `c` of `a.b.c`; nothing for what is no name."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
    return ""
