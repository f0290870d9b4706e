"""Finds what may use a target now and might not before, or the other way round.

Package groups and exports make no target, and yet builds of others break by a change of
them, or work again.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools.build_files.reader import BuildFile
from tools.build_files.starlark import StarlarkError
from tools.build_files.visibility import Groups, PackageGroup
from tools.graph.affected.changes import History
from tools.graph.affected.targets import Targets
from tools.workspace.labels import absolute_label, package_of


@dataclass(frozen=True)
class Visibility:
    """The repository now, and the BUILD files that changed, each with the path of its reason."""

    history: History
    targets: Targets
    files: Mapping[str, str]

    def touched(self) -> Iterator[tuple[str, str]]:
        """Yield the label of each user, with the path of the change that it is touched by."""
        yield from self._by_exports()
        yield from self._by_groups()

    def _by_exports(self) -> Iterator[tuple[str, str]]:
        for path, reason in self.files.items():
            before = exports_of(self.history.text_then(path) or "", path)
            after = exports_of(self.history.text_now(path) or "", path)
            differ = {
                label
                for label in before.keys() | after.keys()
                if before.get(label) != after.get(label)
            }
            for user, label in self.targets.uses_elsewhere():
                if label in differ:
                    yield user, reason

    def _by_groups(self) -> Iterator[tuple[str, str]]:
        if not self.files:
            return
        reasons = {path.rpartition("/")[0]: why for path, why in self.files.items()}
        then, now = self._groups_then(reasons), Groups((), self.targets.groups)
        for user, label in self.targets.uses_elsewhere():
            groups = [
                it for it in self.targets.allowed(label) if it in then or it in now
            ]
            packages = map(package_of, [*then.closure(groups), *now.closure(groups)])
            changed = [reasons[package] for package in packages if package in reasons]
            user_package = package_of(user)
            if changed and then.let_in(groups, user_package) != now.let_in(
                groups, user_package
            ):
                yield user, changed[0]

    def _groups_then(self, changed: Mapping[str, str]) -> Groups:
        """Return the groups of the base: what did not change since is as Bazel has it now."""
        now = self.targets.groups
        then = {label: now[label] for label in now if package_of(label) not in changed}
        for path in self.files:
            then |= groups_of(self.history.text_then(path) or "", path)
        return Groups((), then)


def groups_of(text: str, path: str) -> dict[str, PackageGroup]:
    """Return the package groups that a BUILD file writes out, by label.

    One that is made of what the text doesn't give is left out, and so taken to differ.
    """
    return {
        call.label: PackageGroup.of(call)
        for call in _read(text, path).calls
        if call.function == "package_group"
        and call.is_known("packages")
        and call.is_known("includes")
    }


def exports_of(text: str, path: str) -> dict[str, list[str]]:
    """Return the files that a BUILD file exports, by label, each with what it says of it."""
    exports = {}
    for call in _read(text, path).calls:
        if call.function == "exports_files":
            said = [ast.dump(it.value) for it in call.node.keywords if it.arg != "srcs"]
            for name in [*call.strings("0"), *call.strings("srcs")]:
                exports[absolute_label(name, call.package)] = said
    return exports


def _read(text: str, path: str) -> BuildFile:
    try:
        return BuildFile(text, path)
    except StarlarkError:
        return BuildFile("", path)
