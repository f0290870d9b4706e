"""Gives the targets of a project what its tests count on: settings, plugins, data.

//:fix has made the targets, and their deps by what is imported.
"""

import json
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tools.adopt.publishing import MAIN
from tools.build_files.pytest_files import TEST_FOLDERS
from tools.build_files.reader import TEST_RULES, Call
from tools.fix.build_edits import Edits, apply
from tools.fix.programs import Programs
from tools.fix.work_tree import (
    PYTHON,
    WorkTree,
    build_path,
    folder_of,
    is_below,
)
from tools.workspace.labels import (
    absolute_label,
    package_of,
    pip_label,
    relative_label,
)

GROUP = "data_files"
INFO = "distribution_info"
WHEEL = "wheel"
DEFS = "//tools/adopt:defs.bzl"
GROUP_TEXT = """
# What is read beside the modules.
filegroup(
    name = "{name}",
    srcs = {sources},
    visibility = ["//{project}:__subpackages__"],
)
"""
KEPT = "bazel:\\ keep:\\ the\\ project\\ asks\\ for\\ it"
KEPT_PROGRAM = "bazel:\\ keep:\\ the\\ test\\ starts\\ it"
KEPT_NAMED = "bazel:\\ keep:\\ the\\ test\\ names\\ its\\ file"
KEPT_FOLDER = "bazel:\\ keep:\\ the\\ test\\ names\\ its\\ folder"
KEPT_NAMED_PACKAGE = "bazel:\\ keep:\\ the\\ test\\ names\\ it"
KEPT_PACKAGE = "bazel:\\ keep:\\ the\\ tests'\\ package"
_PATH = re.compile(r"""["']([\w./-]+)["']""")


@dataclass(frozen=True)
class Wish:
    """What the targets of a project get."""

    project: str
    """Its folder."""
    settings: str
    """The file of its pytest settings, by its path in the project."""
    beside: Sequence[str] = ()
    """The files at its top that its tests may read."""
    args: Sequence[str] = ()
    """Arguments for pytest besides those of the settings."""
    runtime: Sequence[str] = ()
    """The distributions that it asks for, be they imported or not."""
    tests: Sequence[str] = ()
    """Those that its tests ask for besides."""
    names: Sequence[str] = ()
    """Of its console scripts, packages and modules."""
    wheel: str = ""
    """The target of its wheel, with a place for its library."""


def is_of_tests(path: str, project: str) -> bool:
    """Return whether a path of a project is one of its tests'."""
    return not TEST_FOLDERS.isdisjoint(path.removeprefix(project).split("/"))


def wire(tree: WorkTree, wish: Wish, programs: Programs) -> WorkTree:
    """Return the tree with the targets of a project as its tests need them."""
    groups = data_groups(tree, wish.project)
    added = {f"//{package}:{GROUP}": text for package, text in groups.items()}
    edits = Edits()
    mains = main_libraries(tree, wish.project)
    wheel = f"//{wish.project}:{WHEEL}"
    if mains and wish.wheel and wheel not in tree.index.targets:
        added[wheel] = wish.wheel.replace(MAIN, f":{mains[0].name}")
        edits.edit(f"//{wish.project}:__pkg__", f"new_load {DEFS} distribution_wheel")
    for label, text in added.items():
        path = build_path(package_of(label))
        if path in tree.starlark and label not in tree.index.targets:
            tree = tree.with_texts({path: tree.starlark[path] + text})
    _Wiring(tree, wish, edits).edit(groups)
    return apply(tree, edits, programs)


def main_libraries(tree: WorkTree, project: str) -> list[Call]:
    """Return the targets that put the modules of a project on the import path."""
    file = tree.index.build_files.get(project)
    return [call for call in file.calls if call.strings("imports")] if file else []


class _Wiring:
    def __init__(self, tree: WorkTree, wish: Wish, edits: Edits) -> None:
        self.tree, self.wish, self.edits = tree, wish, edits
        self.calls = [
            call
            for file in tree.index.build_files.values()
            if is_below(file.package, wish.project)
            for call in file.calls
        ]
        self.main = main_libraries(tree, wish.project)[:1]
        self.conftests = [c for c in self.calls if c.name.startswith("conftest")]
        self.tests = [call for call in self.calls if call.function in TEST_RULES]
        shared = "".join(map(self._text, self.conftests))
        self.texts = {test.label: self._text(test) + shared for test in self.tests}
        self.used = {
            absolute_label(dep, call.package)
            for call in self.calls
            for dep in call.strings("deps")
        }

    def _text(self, call: Call) -> str:
        files = [self.tree.root / path for path in self.tree.index.files(call)]
        return "".join(f.read_text("utf-8", "replace") for f in files if f.is_file())

    def edit(self, groups: dict[str, str]) -> None:
        """Edit every target, given the packages that have data."""
        wish = self.wish
        settings = f'set project "//{wish.project}:{wish.settings}"'
        of_tests = [f"//{p}:{GROUP}" for p in groups if is_of_tests(p, wish.project)]
        for test in self.tests:
            text = self.texts[test.label]
            named = [f"//{wish.project}:{n}" for n in wish.beside if n in text]
            self.edits.edit(test.label, settings)
            if test.strings("size") == ["small"]:
                # Nobody has said that they take a minute at most.
                self.edits.edit(test.label, 'set size "medium"')
            for key, values in (("data", [*of_tests, *named]), ("args", wish.args)):
                if values:
                    self.edits.edit(test.label, f"add {key} {' '.join(values)}")
        for call in self.calls:
            is_source = call.package in groups and not is_of_tests(
                call.package, wish.project
            )
            if (
                call.function == "py_library"
                and call not in self.conftests
                and is_source
            ):
                self.edits.edit(call.label, f"add data :{GROUP}")
        if f"//{wish.project}:{INFO}" in self.tree.index.targets:
            for call in self.main:
                self.edits.edit(call.label, f"add data :{INFO}")
        self._keep_programs()
        self._keep_named()
        self._keep_packages()
        self._keep_distributions()

    def _keep_distributions(self) -> None:
        """Name what no import says: plugins, and what is imported only if it is there."""
        for name in self.wish.runtime:
            if pip_label(name) not in self.used:
                self._keep(self.main, pip_label(name))
        for name in [*self.wish.runtime, *self.wish.tests]:
            is_plugin = f"# plugin {pip_label(name)}\n" in self.tree.distributions
            if name.startswith("pytest_"):
                self._keep(self.tests, pip_label(name))
            elif is_plugin:
                # It is one by the way, as anyio, and loads where it is named.
                users = [test for test in self.tests if name in self.texts[test.label]]
                self._keep(users, pip_label(name))
            elif name in self.wish.tests and name != "pytest":
                # What one test imports others have by what looks whether it is there: a source
                # that tries to import it, or a plugin (trio, for anyio's).
                self._keep(self.tests, pip_label(name))

    def _keep_programs(self) -> None:
        """Have tests depend on the project that start it and don't import it."""
        named = re.compile(rf"\b({'|'.join(map(re.escape, self.wish.names))})\b")
        for test in self.tests:
            if self.wish.names and self.main and named.search(self.texts[test.label]):
                self._keep([test], self.main[0].label, KEPT_PROGRAM)

    def _keep_named(self) -> None:
        """Have tests depend on the sources that they name by file, folder or package, and read, start or import so."""
        libraries = self._libraries()
        for test, path in self._named_by_tests():
            found, inside = libraries.get(path, {}), f"{path}/__init__.py"
            why = KEPT_NAMED if path in self.tree.index.owners else KEPT_FOLDER
            if not found and not self._is_package(folder_of(path)):
                # pytest has the folder of such a test on the import path.
                found, why = libraries.get(inside, {}), KEPT_NAMED_PACKAGE
                for library in found.values():
                    root = posixpath.relpath(folder_of(path), library.package)
                    self.edits.edit(library.label, f"add imports {root}")
            for label in found:
                self._keep([test], label, why)

    def _libraries(self) -> dict[str, dict[str, Call]]:
        """Return the libraries of each source of the project, and of each folder of sources that is no package."""
        found: dict[str, dict[str, Call]] = {}
        for path, owners in self.tree.index.owners.items():
            if is_below(path, self.wish.project):
                own = {it.label: it for it in owners if it.function == "py_library"}
                found.setdefault(path, {}).update(own)
                folder = folder_of(path)
                while is_below(folder, self.wish.project) and not self._is_package(
                    folder
                ):
                    found.setdefault(folder, {}).update(own)
                    folder = folder_of(folder)
        return found

    def _is_package(self, folder: str) -> bool:
        return f"{folder}/__init__.py" in self.tree.index.owners

    def _named_by_tests(self) -> Iterator[tuple[Call, str]]:
        """Yield each test, and the paths that it or a conftest.py above names from beside itself."""
        above = {conftest.package for conftest in self.conftests}
        for test in self.tests:
            beside = {it for it in above if is_below(test.package, it)} | {test.package}
            names = set(_PATH.findall(self.texts[test.label]))
            for path in sorted(f"{it}/{n.rstrip('/')}" for it in beside for n in names):
                yield test, path

    def _keep_packages(self) -> None:
        """Have tests be modules of the packages that they lie in, which some count on."""
        for test in self.tests:
            folder = test.package
            while is_below(folder, self.wish.project):
                for owner in self.tree.index.owners.get(f"{folder}/__init__.py", []):
                    self._keep([test], owner.label, KEPT_PACKAGE)
                folder = folder_of(folder)

    def _keep(self, calls: Sequence[Call], label: str, why: str = KEPT) -> None:
        for call in calls:
            deps = [absolute_label(dep, call.package) for dep in call.strings("deps")]
            if label not in deps:
                shown = relative_label(label, call.package)
                commands = [f"remove pyi_deps {shown}", f"add deps {shown}"]
                self.edits.edit(call.label, *commands, f"comment deps {shown} {why}")


def data_groups(tree: WorkTree, project: str) -> dict[str, str]:
    """Return the filegroup of each package that has files besides its modules."""
    sources = {path for path in tree.files if path.endswith(PYTHON)}
    tops = {_top(path, project) for path in sources if is_below(path, project)} - {""}
    found: dict[str, set[str]] = {}
    for path in tree.files:
        package = tree.packages.package_of(path)
        is_data = is_below(path, project) and not path.endswith((*PYTHON, ".bazel"))
        if is_data and package and _top(path, project) in tops:
            inside = PurePosixPath(path.removeprefix(f"{package}/"))
            found.setdefault(package, set()).add(_pattern(inside))
    return {
        package: GROUP_TEXT.format(
            name=GROUP,
            sources=_sources(sorted(patterns)),
            project=project,
        )
        for package, patterns in found.items()
    }


def _sources(patterns: Sequence[str]) -> str:
    """Return the files of some patterns, as a BUILD file has them."""
    globs = [pattern for pattern in patterns if "*" in pattern]
    names = [pattern for pattern in patterns if "*" not in pattern]
    parts = [f"glob({json.dumps(globs)})"] if globs else []
    return " + ".join([*parts, *([json.dumps(names)] if names else [])])


def _top(path: str, project: str) -> str:
    """Return the folder at a project's top that a path lies in; nothing where in none."""
    top, slash, _ = path.removeprefix(f"{project}/").partition("/")
    return top if slash else ""


def _pattern(path: PurePosixPath) -> str:
    """Return the pattern of the files that are like one, in its folder and below."""
    if not path.suffix:
        return str(path)
    top = f"{path.parts[0]}/**/" if len(path.parts) > 1 else ""
    return f"{top}*{path.suffix}"
