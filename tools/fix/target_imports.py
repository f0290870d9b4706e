"""One target as the check of imports reads it: its sources, and what its deps offer.

What a distribution offers is known by the committed map of modules, so nothing has to be
built or fetched to know it.
"""

import posixpath
from collections.abc import Iterator

from tools.build_files.reader import Call
from tools.build_files.starlark import Text
from tools.fix.work_tree import WorkTree
from tools.imports.check.check import Packages, Sources
from tools.imports.check.resolve import DEPS, PYI_DEPS, Target, covered_sources
from tools.imports.index.modules import Index, candidates, format_index
from tools.imports.index.repository import SOURCES, distributions_of
from tools.workspace.labels import (
    absolute_label,
    package_of,
    project_of,
    split_label,
)

KEYS = (DEPS, PYI_DEPS)


class TargetImports:
    """What a target imports and declares."""

    def __init__(self, tree: WorkTree, call: Call) -> None:
        self._tree = tree
        self.call = call
        self.paths = _sources_of(tree, call)
        self.written: dict[tuple[str, str], list[Text]] = {}
        """Where the BUILD file names each dep, by list and label."""
        for key in KEYS:
            for text in call.strings(key):
                label = tree.index.actual(absolute_label(text, call.package))
                self.written.setdefault((key, label), []).append(text)
        self.dangling = {pair for pair in self.written if self._is_dangling(pair[1])}
        """The deps that no BUILD file makes."""
        self.replaced: set[tuple[str, str]] = set()
        """The deps on distributions whose modules the project has itself."""
        self.undecided: dict[tuple[str, str], str] = {}
        """What to decide about a place and module: two have it, or git ignores it."""
        files = {path: str(tree.root / path) for path in self.paths}
        self.sources = Sources(files, _roots_of(call))
        self.target = self._target()
        self.sources.parse(covered_sources(self.target)[0])
        self._find_namesakes()
        self._find_ignored()
        if self.replaced:
            self.target = self._target()
        named = [label for _, label in self.written if label in tree.index.targets]
        paths = [p for n in named for p in _sources_of(tree, tree.index.targets[n])]
        others = {p: str(tree.root / p) for p in paths if p.endswith("/__init__.py")}
        self.packages = Packages(files, others)

    def _is_dangling(self, label: str) -> bool:
        if label.startswith("@") or label in self._tree.index.targets:
            return False
        package, name = split_label(label)
        file = self._tree.index.build_files.get(package)
        if file is None:
            return package not in self._tree.broken
        maker = file.call_of(name)
        return not file.failures and (maker is None or maker.function == "alias")

    def _target(self) -> Target:
        direct: dict[str, list[Index]] = {key: [] for key in KEYS}
        for key, label in self.written:
            index = index_of(self._tree, label)
            if index and (key, label) not in self.replaced:
                direct[key].append(index)
        found = [index for indexes in direct.values() for index in indexes]
        closure = list(_behind_facades(self._tree, found))
        indexes = {**direct, "closure": closure}
        return Target(self.call.label, self.paths, _roots_of(self.call), indexes)

    def _find_namesakes(self) -> None:
        """Note the modules that first-party code and a distribution both have."""
        tree, project = self._tree, project_of(self.call.package)
        for path, imported in self.sources.imports:
            for module in candidates(imported.module, imported.name):
                labels = distributions_of(tree.distribution_table, module)
                owners = tree.repository.owners_of(module)
                if not labels or not owners:
                    continue
                if any(project_of(package_of(o.label)) == project for o in owners):
                    self.replaced |= {(k, n) for k, n in self.written if n in labels}
                else:
                    place = f"{path}:{imported.line}"
                    names = ", ".join([*(o.label for o in owners), *labels])
                    self.undecided[place, imported.module] = (
                        f'{place}: imports "{module}", which {names} have: rename the '
                        "first, or name in deps the one that is meant."
                    )
                break

    def _find_ignored(self) -> None:
        """Note the modules that are there and that nobody else has: git ignores them."""
        tree = self._tree
        for path, imported in self.sources.imports:
            for module in candidates(imported.module, imported.name):
                if len(module) < len(imported.module) or module.startswith("."):
                    break
                if tree.repository.owners_of(module):
                    break
                inside = f"{module.replace('.', '/')}.py"
                for root in ("", *_roots_of(self.call)):
                    file = posixpath.join(root, inside)
                    if file not in tree.file_set and (tree.root / file).is_file():
                        place = f"{path}:{imported.line}"
                        self.undecided[place, imported.module] = (
                            f'{place}: imports "{module}", and git ignores {file}: add '
                            "it by git add --force, or have a target write it."
                        )


def _sources_of(tree: WorkTree, call: Call) -> list[str]:
    named = [*tree.index.files(call), *tree.index.files(call, "pyi_srcs")]
    return [p for p in named if p.endswith(SOURCES) and tree.may_read(p)]


def _roots_of(call: Call) -> list[str]:
    return list(filter(None, call.import_roots))


def _behind_facades(tree: WorkTree, indexes: list[Index]) -> Iterator[Index]:
    """Yield what targets without sources stand for."""
    todo = list(indexes)
    for index in todo:
        if not index.is_distribution and not index.paths:
            more = filter(None, (index_of(tree, label) for label in index.deps))
            todo += [new for new in more if new.label not in {i.label for i in todo}]
    yield from todo


def index_of(tree: WorkTree, label: str) -> Index | None:
    """Return what a target or distribution offers; None where that isn't known."""
    if label.startswith("@"):
        return tree.distribution_index(label)
    call = tree.index.targets.get(label)
    if call is None:
        return None
    about = {"label": label, "deps": tree.index.deps(call), "roots": _roots_of(call)}
    return Index(format_index(about, _sources_of(tree, call)))
