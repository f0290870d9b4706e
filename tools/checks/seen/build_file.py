"""What a BUILD or .bzl file says, as far as the files that it names go.

Starlark that a BUILD file may hold is Python too, so the `ast` module reads it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase


class StarlarkError(Exception):
    """A file can't be read as Starlark."""


@dataclass(frozen=True)
class Target:
    """One call of a rule or macro."""

    rule: str
    name: str
    line: int
    srcs: tuple[str, ...]
    """What `srcs` names, patterns of `glob` included, as written."""
    data: tuple[str, ...]
    deps: tuple[str, ...]
    lists_nothing: bool
    """Whether `srcs` is written, and is an empty list."""
    tags: tuple[str, ...]


def parse(text: str, path: str) -> ast.Module:
    """Return a file's syntax tree.

    Raises:
        StarlarkError: the file is not Starlark.
    """
    try:
        return ast.parse(text, path)
    except SyntaxError as error:
        raise StarlarkError(f"{path}:{error.lineno}: {error.msg}") from None


def strings_in(node: ast.AST | None) -> tuple[str, ...]:
    """Return every string written in an expression, in order."""
    if node is None:
        return ()
    return tuple(
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def calls_in(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a plain name, with the name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node


def read_targets(text: str, path: str) -> list[Target]:
    """Return the targets that a BUILD file declares."""
    targets = []
    for rule, call in calls_in(parse(text, path)):
        values = {word.arg: word.value for word in call.keywords if word.arg}
        if rule == "exports_files":
            files = strings_in(call.args[0]) if call.args else ()
            targets.append(Target(rule, "", call.lineno, (), files, (), False, ()))
        elif "name" in values:
            srcs = values.get("srcs")
            targets.append(
                Target(
                    rule=rule,
                    name="".join(strings_in(values["name"])),
                    line=call.lineno,
                    srcs=strings_in(srcs) + strings_in(values.get("pyi_srcs")),
                    data=strings_in(values.get("data")),
                    deps=strings_in(values.get("deps")),
                    lists_nothing=isinstance(srcs, ast.List) and not srcs.elts,
                    tags=strings_in(values.get("tags")),
                )
            )
    return targets


def read_loads(text: str, path: str) -> list[str]:
    """Return the labels of the .bzl files that a file loads or takes extensions from."""
    return [
        label
        for name, call in calls_in(parse(text, path))
        if name in ("load", "use_extension", "use_repo_rule") and call.args
        for label in strings_in(call.args[0])
    ] + [
        label
        for name, call in calls_in(parse(text, path))
        if name == "Label"
        for label in strings_in(call)
        if label.endswith(".bzl")
    ]


def names_file(pattern: str, file: str, package: str) -> bool:
    """Return whether an entry of `srcs` names a file of the package.

    Args:
        pattern: a file, a label or a pattern of `glob`.
        file: the file's path from the root.
        package: the BUILD file's folder.
    """
    prefix = f"{package}/" if package else ""
    if pattern.startswith("//"):
        return pattern == f"//{package}:{file.removeprefix(prefix)}"
    inside = file.removeprefix(prefix)
    plain = pattern.removeprefix(":")
    if "*" not in plain:
        return inside == plain
    if "**" not in plain:
        same_depth = inside.count("/") == plain.count("/")
        return same_depth and fnmatchcase(inside, plain)
    return fnmatchcase(inside, plain.replace("**/", "*")) or fnmatchcase(
        inside, plain.replace("**", "*")
    )
