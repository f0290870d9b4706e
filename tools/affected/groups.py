"""Reads what says who may use a target: package groups and exports, then and now.

They make no target, and yet builds of others break by a change of them, or work again.
"""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tools.imports.graph import paths_to
from tools.workspace.labels import absolute_label


@dataclass(frozen=True)
class Group:
    """A package group: the packages that it names, and the groups that it includes."""

    packages: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()

    def names(self, package: str) -> bool:
        """Return whether a package is in it, those that it includes aside."""
        taken = (it for it in self.packages if not it.startswith("-"))
        left_out = (it[1:] for it in self.packages if it.startswith("-"))
        return any(matches(it, package) for it in taken) and not any(
            matches(it, package) for it in left_out
        )


def matches(specification: str, package: str) -> bool:
    """Return whether a package specification, such as `//libs/...`, has a package."""
    if specification in ("public", "//..."):
        return True
    folder, dots, _ = specification.removeprefix("//").partition("/...")
    return package == folder or bool(dots and package.startswith(f"{folder}/"))


def read_groups(text: str, package: str) -> dict[str, Group]:
    """Return the package groups that a BUILD file writes out, by label."""
    groups = {}
    for values in _calls(text, "package_group"):
        try:
            name, packages, includes = (
                ast.literal_eval(values.get(key, ast.List()))
                for key in ("name", "packages", "includes")
            )
        except ValueError:
            # It is made of other names; a group that isn't known is taken to differ.
            continue
        included = tuple(absolute_label(it, package) for it in includes)
        label = absolute_label(f":{name}", package)
        groups[label] = Group(tuple(packages), included)
    return groups


def read_exports(text: str, package: str) -> dict[str, str]:
    """Return the files that a BUILD file exports, by label, each with what it says of it."""
    exports = {}
    for values in _calls(text, "exports_files"):
        said = "".join(
            ast.dump(value) for key, value in values.items() if key not in ("0", "srcs")
        )
        for node in ast.walk(values.get("0", values.get("srcs", ast.List()))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                exports[absolute_label(node.value, package)] = said
    return exports


def _calls(text: str, function: str) -> Iterator[dict[str, ast.expr]]:
    """Yield the arguments of each call of a function, by name; the first is called `0`."""
    try:
        module = ast.parse(text)
    except SyntaxError:
        return
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == function:
            unnamed = {str(number): it for number, it in enumerate(node.args)}
            yield {**unnamed, **{it.arg: it.value for it in node.keywords if it.arg}}


type Groups = Mapping[str, Group]


@dataclass(frozen=True)
class GroupChange:
    """The package groups of the repository, then and now, by label."""

    then: Groups
    now: Groups

    def groups_of(self, labels: Iterable[str]) -> list[str]:
        """Return those of the labels that are package groups, or were."""
        return [it for it in labels if it in self.then or it in self.now]

    def affected(self) -> dict[str, str]:
        """Return each group that differs or includes one that does, and the one that does."""
        labels = self.then.keys() | self.now.keys()
        differ = [it for it in labels if self.then.get(it) != self.now.get(it)]
        edges: dict[str, list[str]] = {}
        for groups in (self.then, self.now):
            for label, group in groups.items():
                edges.setdefault(label, []).extend(group.includes)
        return {label: path[-1] for label, path in paths_to(edges, differ).items()}

    def matters_to(self, package: str, labels: Collection[str]) -> bool:
        """Return whether a package is let in by these groups now and wasn't, or was and isn't."""
        before, after = (_lets_in(it, labels, package) for it in (self.then, self.now))
        return before != after


def _lets_in(groups: Groups, labels: Collection[str], package: str) -> bool | None:
    """Return whether groups have a package; None where one of them is missing.

    Bazel then refuses what names it, whoever uses that.
    """
    todo = list(labels)
    for label in todo:
        if label not in groups:
            return None
        todo += [it for it in groups[label].includes if it not in todo]
    return any(groups[label].names(package) for label in todo)
