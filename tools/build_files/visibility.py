"""Who may use a target: visibility lists, package groups, and package specifications."""

from collections.abc import Iterable

from tools.build_files.reader import BuildFile
from tools.build_files.starlark import Text
from tools.workspace.labels import absolute_label

VISIBILITY = {
    "//visibility:public": ["//..."],
    "//visibility:private": [],
}


class Groups:
    """The package groups of the repository."""

    def __init__(self, files: Iterable[BuildFile]) -> None:
        self._groups: dict[str, tuple[list[str], list[str]]] = {}
        for file in files:
            for call in file.calls:
                if call.function == "package_group":
                    packages = [str(text) for text in call.strings("packages")]
                    included = [
                        absolute_label(text, file.package)
                        for text in call.strings("includes")
                    ]
                    self._groups[call.label] = (packages, included)

    def __contains__(self, label: object) -> bool:
        """Return whether a label is a package group of the repository."""
        return label in self._groups

    def packages(self, label: str, seen: frozenset[str] = frozenset()) -> list[str]:
        """Return the package specifications of a group and of those it includes."""
        if label in seen or label not in self._groups:
            return []
        packages, included = self._groups[label]
        result = ["//..." if spec == "public" else spec for spec in packages]
        for group in included:
            result += self.packages(group, seen | {label})
        return [spec for spec in result if spec != "private"]

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


def default_visibility(file: BuildFile) -> list[Text]:
    """Return the visibility that targets of a package have by default."""
    for call in file.calls:
        if call.function == "package":
            return call.strings("default_visibility")
    return []


def may_see(visibility: Iterable[str], owner_package: str, package: str) -> bool:
    """Return whether a package may use a target that is visible to `visibility`."""
    if package == owner_package:
        return True
    allowed = False
    for spec in visibility:
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
