"""Finds the targets that changed files touch at once: those that others are then affected by."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tools.build_files.packages import BUILD_NAMES
from tools.graph.affected.changes import Change, History
from tools.graph.affected.starlark_files import StarlarkFiles
from tools.graph.affected.statements import File, said, touched
from tools.graph.affected.targets import Targets, short
from tools.graph.affected.visibility import Visibility
from tools.graph.dependencies import paths_to
from tools.lock.pins import LOCK
from tools.lock.requirements import RequirementsError, read_entries
from tools.source_text.parsing import UNPARSABLE
from tools.workspace.labels import pip_label

# What Bazel itself starts from. In folders, tests are targets like others.
_STARTS = (
    *(".bazelignore", ".bazeliskrc", ".bazelversion", "MODULE.bazel", "REPO.bazel"),
    *("MODULE.bazel.lock", "WORKSPACE", "WORKSPACE.bazel", "WORKSPACE.bzlmod"),
    *("bazelw", "platform_mappings", "tools/bazel"),
)
# Such files are imported and included by those.
_START_ENDINGS = (".bazelrc", ".MODULE.bazel")
_START_FOLDERS = ("tools/debian/",)
# What tells of the repository's files, and which there are. See tools/tree.
_TREE = "@tree//"
_INVENTORY = "@tree//:files.txt"


@dataclass
class Roots:
    """What changes touch at once, by label, each with the path of a change."""

    reasons: dict[str, str] = field(default_factory=dict)
    everything: str = ""
    """The path of a change that touches all there is."""
    checks: str = ""
    """The path of a change that every target may be checked otherwise by."""
    no_input: list[str] = field(default_factory=list)
    """Changed files that nothing is made from."""

    def add(self, labels: Iterable[str], path: str) -> None:
        """Add labels that a change touches."""
        for label in labels:
            self.reasons.setdefault(label, path)


@dataclass(frozen=True)
class Finder:
    """Knows the repository as it is now, and as it was."""

    history: History
    targets: Targets
    starlark: StarlarkFiles

    def find(self, changes: Sequence[Change]) -> Roots:
        """Return what changes touch at once.

        Where that can't be told, it is too much rather than too little.
        """
        roots = Roots()
        inputs = self.targets.inputs()
        for change in changes:
            own = [it for it in self._labels(change.path) if it in inputs]
            if (self.history.root / change.path).is_dir():
                # A submodule, of which git says no more.
                folder = f"{change.path.rstrip('/')}/"
                own += [it for it in inputs if _path(it).startswith(folder)]
            before = len(roots.reasons)
            self._add(roots, change)
            known = len(roots.reasons) > before or roots.everything == change.path
            roots.add(own, change.path)
            if not (known or own or change.path.endswith(".bzl")):
                roots.no_input.append(change.path)
        reached = self._add_loads(roots, changes)
        files = {it.path: it.path for it in changes if is_build_file(it.path)}
        shown = Visibility(self.history, self.targets, {**reached, **files})
        for user, path in shown.touched():
            roots.add([user], path)
        self._add_missing(roots, changes)
        self._add_checks(roots)
        told = set(roots.reasons.values())
        roots.no_input = [it for it in roots.no_input if it not in told]
        # Last, since what only reads the list of files checks no other target.
        for change in changes:
            roots.add(self._inventories(change, inputs), change.path)
        return roots

    def _add(self, roots: Roots, change: Change) -> None:
        path, name = change.path, change.path.rpartition("/")[2]
        if starts_bazel(path) or self._is_read_at_start(path):
            if not self._says_the_same(path):
                roots.everything = path
        elif path == LOCK:
            roots.add(self._distributions(roots), path)
        elif is_build_file(path):
            roots.add(self._of_build_file(path), path)
        elif name == "conftest.py" and change.comes_or_goes:
            folder = path.rpartition("/")[0]
            roots.add(self._tests_below(folder), path)
        if not self.history.is_there(path):
            roots.add(self._listing(path), path)

    def _is_read_at_start(self, path: str) -> bool:
        if path == LOCK or path.endswith(".bzl") or is_build_file(path):
            return False  # Less may be made from these.
        return path in self.starlark.starting

    def _listing(self, path: str) -> Iterator[str]:
        """Yield the rules of a file's package whose globs may have had it."""
        package = self.targets.owner(path)
        for build_file in self.starlark.build_files:
            if build_file.rpartition("/")[0] == package:
                spans = self.starlark.listing(build_file, path)
                yield from self.targets.of_lines(build_file, spans)

    def _labels(self, path: str) -> Iterator[str]:
        """Yield the labels of a file, and of the folders around it in its package."""
        package = self.targets.owner(path)
        if package is None:
            return
        rest = path.removeprefix(package).strip("/")
        while rest:
            yield short(f"//{package}:{rest}")
            rest = rest.rpartition("/")[0]

    def _tests_below(self, folder: str) -> Iterator[str]:
        for label, rule in self.targets.rules.items():
            is_below = f"{rule.package}/".startswith(f"{folder}/" if folder else "")
            if is_below and rule.kind.endswith("_test"):
                yield label

    def _of_build_file(self, path: str) -> Iterable[str]:
        package = path.rpartition("/")[0]
        then, now = self.history.text_then(path), self.history.text_now(path)
        if then is None or now is None:
            # Files pass from the package around it to this one, or back.
            around = self.targets.owner(package) if package else None
            return [
                *self.targets.of_package(package),
                *self.targets.of_package(around),
            ]
        try:
            found = touched(File.read(then), File.read(now))
        except UNPARSABLE:
            found = None
        if found is None:
            return self.targets.of_package(package)
        return self.targets.of_lines(path, ((one.first, one.last) for one in found))

    def _distributions(self, roots: Roots) -> list[str]:
        """Return the distributions whose pins or hashes changed."""
        then, now = self.history.text_then(LOCK), self.history.text_now(LOCK)
        try:
            before, after = pins(then or ""), pins(now or "")
        except RequirementsError:
            roots.everything = LOCK
            return []
        names = before.keys() | after.keys()
        changed = {name for name in names if before.get(name) != after.get(name)}
        return [pip_label(name) for name in sorted(changed)]

    def _add_loads(self, roots: Roots, changes: Sequence[Change]) -> dict[str, str]:
        """Touch what depends on .bzl files; return their BUILD files, each with its reason."""
        paths = (change.path for change in changes)
        changed = [it for it in paths if it.endswith(".bzl") and not starts_bazel(it)]
        if not changed:
            return {}
        found: dict[str, str] = {}
        files = self.starlark
        extensions, aspects = set(files.extensions()), set(files.aspects())
        for path in changed:
            if self._says_the_same(path):
                continue
            reached = files.standing_on(path)
            if reached & extensions:
                roots.everything = path
            if reached & aspects:
                roots.checks = path
            for build_file in files.build_files:
                if spans := files.spans(build_file, reached):
                    found.setdefault(build_file, path)
                    roots.add(self.targets.of_lines(build_file, spans), path)
        return found

    def _add_missing(self, roots: Roots, changes: Sequence[Change]) -> None:
        """Touch what is made from targets that aren't there any more."""
        missing = self.targets.missing()
        for path in (it.path for it in changes if is_build_file(it.path)):
            folder = path.removesuffix(path.rpartition("/")[2])
            # A new package takes the files below it from the one around it.
            gone = (it for it in missing if _path(it).startswith(folder))
            roots.add(gone, path)

    def _says_the_same(self, path: str) -> bool:
        """Return whether nothing but comments and format of a file of Bazel's differs."""
        then, now = self.history.text_then(path), self.history.text_now(path)
        return (
            then is not None and now is not None and said(path, then) == said(path, now)
        )

    def _add_checks(self, roots: Roots) -> None:
        """Note what changes of the programs and settings that every target is checked by."""
        checking = set(self.starlark.labels(self.starlark.aspects()))
        reached = paths_to(self.targets.edges, roots.reasons)
        for label in sorted(checking & reached.keys()):
            roots.checks = roots.reasons[reached[label][-1]]

    def _inventories(self, change: Change, inputs: set[str]) -> Iterator[str]:
        """Yield what tells which files there are, or what this one holds."""
        is_gone = not self.history.is_there(change.path)
        for label in sorted(it for it in inputs if it.startswith(_TREE)):
            listing = label == _INVENTORY and change.comes_or_goes
            # The link to one that is gone is gone as well, from whichever group it was in.
            if listing or is_gone or label.endswith(f"/{change.path}.txt"):
                yield label


def _path(label: str) -> str:
    return label.removeprefix("//").replace(":", "/") + "/"


def is_build_file(path: str) -> bool:
    """Return whether a file makes a package of its folder."""
    return path.rpartition("/")[2] in BUILD_NAMES


def starts_bazel(path: str) -> bool:
    """Return whether all that is built depends on a file."""
    return (
        path in _STARTS
        or path.endswith(_START_ENDINGS)
        or (path.startswith(_START_FOLDERS) and "/tests/" not in path)
    )


def pins(text: str) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Return what is pinned, by name: the requirement, and the hashes of its files.

    Raises:
        RequirementsError: the lock can't be read.
    """
    return {
        entry.name: (str(entry.requirement), entry.hashes)
        for entry in read_entries(text, LOCK)
    }
