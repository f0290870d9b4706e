"""Who may use a target: visibility lists, package groups, and package specifications."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from tools.build_files.reader import BuildFile, Call
from tools.build_files.starlark import Text
from tools.workspace.labels import absolute_label

VISIBILITY = {
    "//visibility:public": ["//..."],
    "//visibility:private": [],
}


class PackageGroup(NamedTuple):
    """The package specifications that a group names, and the groups that it includes."""

    packages: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()

    @classmethod
    def of(cls, call: Call) -> Self:
        """Return the group that a call makes."""
        included = (
            absolute_label(text, call.package) for text in call.strings("includes")
        )
        return cls(tuple(map(str, call.strings("packages"))), tuple(included))


class Groups:
    """The package groups of the repository."""

    def __init__(
        self,
        files: Iterable[BuildFile],
        known: Mapping[str, PackageGroup] | None = None,
    ) -> None:
        """Take the groups that BUILD files write out, and those that are known besides."""
        self._groups = dict(known or {})
        for file in files:
            for call in file.calls:
                if call.function == "package_group":
                    self._groups[call.label] = PackageGroup.of(call)

    def __contains__(self, label: object) -> bool:
        """Return whether a label is a package group of the repository."""
        return label in self._groups

    def packages(self, label: str, seen: frozenset[str] = frozenset()) -> list[str]:
        """Return the package specifications of a group and of those it includes."""
        if label in seen or label not in self._groups:
            return []
        packages, included = self._groups[label]
        result = _specifications(packages)
        for group in included:
            result += self.packages(group, seen | {label})
        return result

    def closure(self, labels: Iterable[str]) -> list[str]:
        """Return groups and all that they include, be it that one of them is missing."""
        todo = list(dict.fromkeys(labels))
        for label in todo:
            included = self._groups.get(label, PackageGroup()).includes
            todo += [group for group in included if group not in todo]
        return todo

    def let_in(self, labels: Iterable[str], package: str) -> bool | None:
        """Return whether a package is in one of the groups, or in one that they include.

        None where one of all these is missing: Bazel then refuses what names it.
        """
        groups = self.closure(labels)
        if not all(label in self for label in groups):
            return None
        specifications = (self._groups[label].packages for label in groups)
        return any(is_covered(package, _specifications(s)) for s in specifications)

    def resolve(self, texts: Iterable[str], package: str) -> list[str]:
        """Return the package specifications that a list of visibility labels means."""
        specs: list[str] = []
        for text in texts:
            label = absolute_label(text, package)
            folder, _, name = label.partition(":")
            if label in VISIBILITY:
                specs += VISIBILITY[label]
            elif name == "__pkg__":
                specs.append(folder)
            elif name == "__subpackages__":
                specs.append("//..." if folder == "//" else folder + "/...")
            else:
                specs += self.packages(label)
        return sorted(set(specs))


def _specifications(packages: Iterable[str]) -> list[str]:
    plain = ("//..." if spec == "public" else spec for spec in packages)
    return [spec for spec in plain if spec != "private"]


def default_visibility(file: BuildFile) -> list[Text]:
    """Return the visibility that targets of a package have by default."""
    for call in file.calls:
        if call.function == "package":
            return call.strings("default_visibility")
    return []


def shown_to(call: Call, file: BuildFile, groups: Groups) -> list[str]:
    """Return the package specifications that may use a target of a file."""
    own = call.attributes.get("visibility")
    texts = default_visibility(file) if own is None else call.strings("visibility")
    return groups.resolve(texts, file.package)


def may_see(visibility: Iterable[str], owner_package: str, package: str) -> bool:
    """Return whether a package may use a target that is visible to `visibility`."""
    return package == owner_package or is_covered(package, visibility)


def is_covered(package: str, specifications: Iterable[str]) -> bool:
    """Return whether a package is one of those that specifications hold for."""
    allowed = False
    for spec in specifications:
        negative, plain = spec.startswith("-"), spec.removeprefix("-")
        if covers(plain, package):
            if negative:
                return False
            allowed = True
    return allowed


def covers(spec: str, package: str) -> bool:
    """Return whether a package specification holds for a package.

    `//a` is that package, `//a/...` what is below it too, `//...` all, `private` none.
    """
    if not spec.startswith("//"):
        return False
    folder = spec.removeprefix("//")
    if folder == "...":
        return True
    if folder.endswith("/..."):
        return (package + "/").startswith(folder.removesuffix("..."))
    return package == folder
