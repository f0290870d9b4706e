"""Finds the folders that a project's own imports begin at, such as `src`.

A project that comes in is imported by its own name (`import attrs`), not by its path
from the repository's root. What its sources import, and where its folders have that,
says which folder has to be on the import path.
"""

import sys
from collections.abc import Sequence

from tools.build_files.pytest_files import TEST_FOLDERS
from tools.fix.work_tree import PYTHON, WorkTree, folder_of, is_below
from tools.imports.check.sources import SourceSyntaxError, parse_imports
from tools.imports.index.repository import distributions_of
from tools.workspace.labels import project_of

SRC = "src"
PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py")


def find_roots(tree: WorkTree, unowned: Sequence[str]) -> dict[str, str]:
    """Return the import root of each source without a target that has one of its own."""
    search = _Search(tree)
    found: dict[str, str] = {}
    for path in unowned:
        for top in search.tops_of(path):
            root = search.root_of(path, top)
            if root:
                found |= {
                    other: root
                    for other in unowned
                    if is_below(other.rpartition(".")[0], f"{root}/{top}")
                }
    for path in unowned:
        src = search.src_above(path)
        if src:
            found.setdefault(path, src)
    return found


def has_project_file(tree: WorkTree, folder: str) -> bool:
    """Return whether a folder is a project that is published by itself."""
    return any(f"{folder}/{name}" in tree.file_set for name in PROJECT_FILES)


def home_of(tree: WorkTree, root: str) -> str:
    """Return the folder whose BUILD file has what lies below an import root.

    It is the one above `src`, and above the only folder of a published project besides its tests.
    """
    above, _, name = root.rpartition("/")
    if name == SRC:
        return above
    if name in TEST_FOLDERS or not has_project_file(tree, above):
        return root
    inside = (p.removeprefix(f"{above}/") for p in tree.files if is_below(p, above))
    folders = {p.split("/")[0] for p in inside if "/" in p and p.endswith(PYTHON)}
    return above if folders - TEST_FOLDERS == {name} else root


class _Search:
    def __init__(self, tree: WorkTree) -> None:
        self.tree = tree
        python = [path for path in tree.files if path.endswith(PYTHON)]
        # What a folder offers to an import that begins at it.
        self.offered = {path.rpartition(".")[0] for path in python}
        for path in python:
            folder = folder_of(path)
            while folder and folder not in self.offered:
                self.offered.add(folder)
                folder = folder_of(folder)
        self.homes: dict[str, list[str]] = {}
        """The folders that offer each name."""
        for path in sorted(self.offered):
            self.homes.setdefault(path.rpartition("/")[2], []).append(folder_of(path))

    def tops_of(self, path: str) -> list[str]:
        """Return the first parts of what a source imports from elsewhere than the root."""
        try:
            found = parse_imports((self.tree.root / path).read_bytes(), [])
        except SourceSyntaxError:
            return []
        tops = {imported.module.partition(".")[0] for imported in found}
        return sorted(
            top
            for top in tops
            if top and top not in sys.stdlib_module_names and top not in self.offered
        )

    def root_of(self, path: str, top: str) -> str:
        """Return the nearest folder, of the source's own project, that has a module."""
        folder, project = folder_of(path), project_of(folder_of(path))
        while folder and is_below(folder, project):
            for root in (folder, f"{folder}/{SRC}", *self._others(folder, top)):
                if f"{root}/{top}" in self.offered:
                    return root if self._is_meant(root, top) else ""
            folder = folder_of(folder)
        return ""

    def _others(self, folder: str, top: str) -> list[str]:
        """Return the folders of a published project, no packages themselves, that have a module."""
        if not has_project_file(self.tree, folder):
            return []
        return [
            root
            for root in self.homes.get(top, [])
            if folder_of(root) == folder
            and f"{root}/__init__.py" not in self.tree.file_set
        ]

    def _is_meant(self, root: str, top: str) -> bool:
        """Return whether a folder's module is it, and not the distribution of that name."""
        if not distributions_of(self.tree.distribution_table, top):
            return True
        is_src = root.rpartition("/")[2] == SRC
        return is_src or has_project_file(self.tree, root)

    def src_above(self, path: str) -> str:
        """Return the `src` that a source lies in, one that is no package itself."""
        folder = folder_of(path)
        while "/" in folder:
            name = folder.rpartition("/")[2]
            if name == SRC and f"{folder}/__init__.py" not in self.tree.file_set:
                return folder
            folder = folder_of(folder)
        return ""
