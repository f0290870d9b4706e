"""Which targets have a file, by the BUILD files of the whole repository."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from tools.build_files.packages import Packages
from tools.build_files.reader import BUILD, BuildFile, Call, Reader
from tools.build_files.starlark import StarlarkError, Text
from tools.workspace.labels import absolute_label, path_of

# Rules whose `srcs` are what they hand to others that list them.
_GROUPS = frozenset({"filegroup", "py_library"})
# Programs that run the tests of the libraries in their deps.
_TEST_PROGRAMS = ("//tools/nested",)


class Index:
    """The targets of the repository, and their files."""

    def __init__(self, files: Iterable[BuildFile], packages: Packages) -> None:
        self.build_files = {file.package: file for file in files}
        self.packages = packages
        self.targets = {
            call.label: call
            for file in self.build_files.values()
            for call in file.targets
            if call.name
        }

    def files(self, call: Call, key: str = "srcs") -> list[str]:
        """Return the source files of an attribute from the root, groups opened."""
        return self._files(call, key, frozenset())

    def _files(self, call: Call, key: str, seen: frozenset[str]) -> list[str]:
        found: list[str] = []
        for text in call.strings(key):
            label = absolute_label(text, call.package)
            target = self.targets.get(label)
            if label in seen or label.startswith("@"):
                continue
            if target is None:
                found.append(path_of(label))
            elif target.function in _GROUPS:
                found += self._files(target, "srcs", seen | {label})
            elif target.function == "alias":
                found += self._files(target, "actual", seen | {label})
        return found

    @cached_property
    def owners(self) -> Mapping[str, Sequence[Call]]:
        """The targets that have each file in `srcs` or `pyi_srcs`."""
        return self._by_file("srcs", "pyi_srcs")

    @cached_property
    def named(self) -> frozenset[str]:
        """The files that any target names, or that its package exports."""
        return frozenset(self._by_file("srcs", "pyi_srcs", "data", "0"))

    def _by_file(self, *keys: str) -> dict[str, list[Call]]:
        found: dict[str, list[Call]] = {}
        for file in self.build_files.values():
            for call in file.targets:
                paths = [path for key in keys for path in self.files(call, key)]
                for path in dict.fromkeys(paths):
                    found.setdefault(path, []).append(call)
        return found

    def deps(self, call: Call) -> list[str]:
        """Return the labels that a target depends on, without the names for another."""
        found = (absolute_label(text, call.package) for text in call.strings("deps"))
        return [self.actual(label) for label in found]

    def closure(self, call: Call) -> list[Call]:
        """Return a target, and those that it has by `deps`, as far as the text shows them."""
        found = {call.label: call}
        for target in (todo := [call]):
            for label in self.deps(target):
                if label in self.targets and label not in found:
                    found[label] = self.targets[label]
                    todo.append(found[label])
        return todo

    @cached_property
    def run_by_programs(self) -> frozenset[str]:
        """The libraries whose tests a program runs."""
        programs = filter(None, map(self.targets.get, _TEST_PROGRAMS))
        return frozenset(dep for call in programs for dep in self.deps(call))

    def actual(self, label: str) -> str:
        """Return the target that a label stands for, through any number of aliases."""
        seen = {label}
        target = self.targets.get(label)
        while target and target.function == "alias":
            (text,) = target.strings("actual") or [Text(label)]
            label = absolute_label(text, target.package)
            target = None if label in seen else self.targets.get(label)
            seen.add(label)
        return label


def read_index(
    files: Sequence[str], starlark: Mapping[str, str], hidden: Sequence[str] = ()
) -> tuple[Index, list[StarlarkError]]:
    """Return the index of a repository, and the BUILD files that can't be read.

    Args:
        files: the paths of all files.
        starlark: the text of each BUILD and .bzl file.
        hidden: the folders of `.bazelignore`.
    """
    packages = Packages(files, hidden)
    reader = Reader(packages, starlark)
    found, broken = [], []
    for path, text in sorted(starlark.items()):
        folder, _, name = path.rpartition("/")
        if name != BUILD or folder not in packages.names:
            continue
        try:
            found.append(BuildFile(text, path, reader))
        except StarlarkError as error:
            broken.append(error)
    return Index(found, packages), broken
