"""Makes BUILD files what the sources need: one reading of the tree, then edits."""

from collections.abc import Collection
from dataclasses import dataclass, field

from tools.build_files.conftests import missing_conftests
from tools.build_files.pytest_files import read_pytest_files
from tools.build_files.reader import Call
from tools.fix.build_edits import Edits, apply
from tools.fix.dependencies import Dependencies
from tools.fix.gone import follow_renames, take_out_empty, take_out_gone
from tools.fix.grants import add_group, group_of, has_scope
from tools.fix.placement import place_sources, unowned_sources
from tools.fix.programs import Programs
from tools.fix.work_tree import WorkTree, build_path, folder_of
from tools.workspace.labels import package_of, relative_label

SETTINGS = "pyproject.toml"


@dataclass
class Result:
    """The tree as it is to be, and what is left to a person."""

    tree: WorkTree
    decisions: list[str] = field(default_factory=list)


def fix_build_files(
    tree: WorkTree, folders: Collection[str], programs: Programs
) -> Result:
    """Return the tree with the BUILD files that the sources of folders need."""
    around = (tree.packages.package_of(f"{f}/x".lstrip("/")) for f in folders)
    packages = {*folders, *(package for package in around if package is not None)}
    result = Result(tree)
    edits = Edits()
    lost = _fix_sources(tree, packages, edits)
    result.tree = apply(tree, edits, programs)
    result.decisions += edits.decisions
    made = edits.packages()

    edits = Edits()
    _fix_deps(result.tree, packages | made, lost, edits)
    result.tree = apply(result.tree, edits, programs)
    result.decisions += edits.decisions

    # What stood for a target that goes may be empty then.
    before = None
    while before != result.tree.starlark:
        before, edits = result.tree.starlark, Edits()
        take_out_empty(result.tree, packages | made, edits)
        made |= edits.packages()
        result.tree = apply(result.tree, edits, programs)
    result.decisions += edits.decisions
    return result


def _fix_sources(tree: WorkTree, packages: set[str], edits: Edits) -> set[str]:
    """Give sources their targets, and return the targets that lose some."""
    settings = tree.root / SETTINGS
    text = settings.read_text(encoding="utf-8") if settings.exists() else ""
    followed = follow_renames(tree, edits)
    unowned = [p for p in unowned_sources(tree, packages) if p not in followed]
    place_sources(tree, unowned, read_pytest_files(text), edits)
    for package in sorted(packages):
        is_there = package in tree.index.build_files
        if has_scope(package) and is_there and not group_of(tree, package):
            add_group(package, edits)
    return take_out_gone(tree, packages, edits)


def _fix_deps(tree: WorkTree, packages: set[str], lost: set[str], edits: Edits) -> None:
    """Make deps what the sources import, where these or what they use have changed."""
    gone = [p for p in tree.touched if build_path(folder_of(p)) == p]
    gone = [folder_of(path) for path in gone if path not in tree.file_set]

    def is_concerned(call: Call) -> bool:
        if call.package in packages:
            return True
        used = tree.edges[call.label]
        return bool(used & lost) or any(package_of(label) in gone for label in used)

    dependencies = Dependencies(tree, edits)
    for label in tree.repository.owners:
        if is_concerned(tree.index.targets[label]):
            dependencies.compare(tree.index.targets[label])
    dependencies.add_missing()
    _add_conftests(tree, packages, dependencies)


def _add_conftests(
    tree: WorkTree, packages: set[str], dependencies: Dependencies
) -> None:
    """Have each test depend on the libraries of the conftest.py files that apply to it."""
    for missing in missing_conftests(tree.index):
        test, library = missing.test, missing.library
        if library and test.package in packages:
            label = relative_label(library.label, test.package)
            dependencies.edit(test, f"add deps {label}")
            if not missing.is_visible:
                dependencies.grants.open(library.label, f"//{test.package}:__pkg__")
