"""Rewrites deps so that they are what the sources import, and makes missing targets.

Invoked as: bazel run //tools/imports:fix [-- [--check] [PATTERN…]]
    bazel run //tools/imports:fix -- --baseline PATTERN…

`--check` writes nothing and fails with the diff of what it would write. `--baseline`
records the findings of a project that comes in; later it takes out what is mended.
"""

import argparse
import difflib
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.build_files.conftests import missing_conftests
from tools.build_files.index import Index
from tools.build_files.pytest_files import read_pytest_files
from tools.build_files.reader import BUILD
from tools.build_files.workspace import refuse_taken_names, workspace_index
from tools.findings.collect import collect_reports
from tools.findings.finding import ReportError
from tools.findings.record import folder_of, record_baselines, unknown_findings
from tools.findings.terminal import format_terminal
from tools.imports.edit import EditError, change_list, relative_label
from tools.imports.index.repository import unowned
from tools.imports.new_targets import add_targets, new_build_file
from tools.source_text.decoding import MARK, read_starlark
from tools.source_text.names import refusal
from tools.workspace.bazel import Bazel, BazelError
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.labels import split_label

# An added dep or a new target can bring another finding to light, but not for ever.
ROUNDS = 6
SETTINGS = "pyproject.toml"
PRIVATE_LABEL = "//visibility:private"


class Tree:
    """The BUILD files of the workspace, with the edits that are not written yet."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.edited: dict[str, str] = {}
        self.refused: list[str] = []

    def read(self, path: str) -> str:
        """Return a file as it will be; nothing where there is none."""
        if path in self.edited:
            return self.edited[path]
        file = self.root / path
        return read_starlark(file) if file.exists() else ""

    def index(self) -> Index:
        """Return the targets as they will be.

        Raises:
            BuildFileError: a BUILD file is not Starlark.
        """
        return workspace_index(self.root, self.read, self.edited)

    def change(self, path: str, text: str) -> None:
        """Set what a file will be."""
        if text == self.read(path):
            return
        if MARK in text:
            self.refused.append(f"{path}: it is not UTF-8: save it so, then fix again.")
        else:
            self.edited[path] = text

    def write(self) -> list[str]:
        """Write what has changed, and return the paths."""
        written = sorted(self.edited)
        for path in written:
            (self.root / path).write_text(self.edited[path], encoding="utf-8")
        self.edited = {}
        return written

    def diff(self) -> str:
        """Return what would be written, as a diff."""
        lines: list[str] = []
        for path, text in sorted(self.edited.items()):
            file = self.root / path
            old = read_starlark(file) if file.exists() else ""
            lines += difflib.unified_diff(
                old.splitlines(keepends=True),
                text.splitlines(keepends=True),
                path,
                path,
            )
        return "".join(lines)


def loose_sources(tree: Tree, patterns: Iterable[str]) -> dict[str, list[str]]:
    """Return the sources that no target has, by their folder."""
    folders: dict[str, list[str]] = {}
    for path in unowned(tree.index()):
        folder, _, name = path.rpartition("/")
        if any(_is_in(folder, pattern) for pattern in patterns):
            folders.setdefault(folder, []).append(name)
    return folders


def _is_in(folder: str, pattern: str) -> bool:
    wanted = folder_of(pattern)
    if not pattern.endswith("..."):
        return folder == wanted
    return not wanted or (folder + "/").startswith(wanted + "/")


def make_targets(tree: Tree, patterns: Sequence[str]) -> None:
    """Give a target to each source that has none, and to each test its conftest.py."""
    pytest_files = read_pytest_files(tree.read(SETTINGS))
    for folder, found in sorted(loose_sources(tree, patterns).items()):
        path = f"{folder}/{BUILD}".lstrip("/")
        files = {name: f"{folder}/{name}".lstrip("/") for name in found}
        tree.refused += filter(None, map(refusal, files.values()))
        names = [name for name in found if not refusal(files[name])]
        if not names:
            continue
        text = tree.read(path)
        if not text:
            sources = {name: (tree.root / files[name]).read_bytes() for name in names}
            text = new_build_file(folder, sources)
        tests = {
            name
            for name, file in files.items()
            if pytest_files.takes(file, (tree.root / file).read_bytes())
        }
        try:
            tree.change(path, add_targets(text, path, names, tests))
        except EditError as error:
            tree.refused.append(
                f"{path}: {error}; {', '.join(names)}: make the target."
            )
    add_conftests(tree, patterns)


def add_conftests(tree: Tree, patterns: Sequence[str]) -> None:
    """Have each test depend on the libraries of the conftest.py files that apply to it."""
    for missing in missing_conftests(tree.index()):
        test, library = missing.test, missing.library
        if not library or not any(_is_in(test.package, it) for it in patterns):
            continue
        label = relative_label(library.label, test.package)
        _edit(tree, test.label, "deps", [(True, label)])
        if not missing.is_visible:
            shown = [(True, f"//{test.package}:__pkg__"), (False, PRIVATE_LABEL)]
            _edit(tree, library.label, "visibility", shown)


def _edit(tree: Tree, label: str, key: str, change: Sequence[tuple[bool, str]]) -> None:
    """Change a list of a target, or note that it must be done by hand."""
    package, name = split_label(label)
    path = f"{package}/{BUILD}".lstrip("/")
    try:
        text = change_list(tree.read(path), path, name, key, change)
    except EditError as error:
        wanted = ", ".join(f"{'add' if c else 'remove'} {v}" for c, v in change)
        tree.refused.append(f"{path}: {error}; {label}: {wanted} by hand.")
    else:
        tree.change(path, text)


def _is_written(tree: Tree, pattern: str) -> bool:
    """Return whether no package of a pattern is one that is yet to be written."""
    if any((tree.root / folder_of(pattern)).rglob(BUILD)):
        return True
    folders = (path.rpartition("/")[0] for path in tree.edited)
    return not any(_is_in(folder, pattern) for folder in folders)


def mend_deps(tree: Tree, patterns: Sequence[str]) -> BazelError | None:
    """Edit the deps of every target that has a finding which an edit mends.

    Returns:
        why Bazel can't tell of other targets, or None.
    """
    changes: dict[tuple[str, str], list[tuple[bool, str]]] = {}
    # Bazel refuses a pattern without a package, and `--check` writes none.
    known = [p for p in patterns if _is_written(tree, p)]
    if not known:
        return None
    built = Bazel(tree.root).build(known, "--output_groups=import_edits")
    for name, file in built.files("import_edits").items():
        if name.endswith(".imports_edits"):
            for line in file.read_text(encoding="utf-8").splitlines():
                edit = json.loads(line)
                change = (edit["verb"] == "add", edit["label"])
                changes.setdefault((edit["target"], edit["key"]), []).append(change)
    for (target, key), change in sorted(changes.items()):
        package, _ = split_label(target)
        relative = [(comes, relative_label(label, package)) for comes, label in change]
        _edit(tree, target, key, relative)
    return built.failure


def fix(tree: Tree, patterns: Sequence[str]) -> tuple[set[str], BazelError | None]:
    """Write targets and deps until nothing changes.

    Returns:
        the files changed, and why Bazel can't tell of other targets, or None.
    """
    written: set[str] = set()
    failure = None
    for _ in range(ROUNDS):
        tree.refused = []
        make_targets(tree, patterns)
        written.update(tree.write())
        failure = mend_deps(tree, patterns)
        changed = tree.write()
        written.update(changed)
        if not changed:
            break
    return written, failure


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bazel run //tools/imports:fix --")
    parser.add_argument("--check", action="store_true", help="print the diff and fail")
    parser.add_argument("--baseline", action="store_true", help="record the findings")
    parser.add_argument("patterns", nargs="*", default=["//..."], metavar="PATTERN")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Fix, check or record."""
    options = parse_arguments(sys.argv[1:] if argv is None else argv)
    try:
        tree = Tree(workspace_folder())
        if options.baseline:
            refused = record_baselines(tree.root, options.patterns, "imports")
            sys.stdout.write(format_terminal(refused))
            return 1 if refused else 0
        refuse_taken_names(tree.root)
        if options.check:
            return print_diff(tree, options.patterns)
        return write_fixes(tree, options.patterns)
    except (WorkspaceError, ReportError) as error:
        print(error, file=sys.stderr)
        return 2


def print_diff(tree: Tree, patterns: Sequence[str]) -> int:
    """Print what would be written; return 1 where anything would."""
    make_targets(tree, patterns)
    failure = mend_deps(tree, patterns)
    sys.stdout.write(tree.diff())
    if failure:
        raise failure
    sys.stderr.writelines(f"{line}\n" for line in tree.refused)
    if tree.edited:
        command = f"bazel run //tools/imports:fix -- {' '.join(patterns)}"
        print(f"{len(tree.edited)} BUILD files aren't what the sources need.")
        print(f"Fix: {command}")
    return 1 if tree.refused or tree.edited else 0


def write_fixes(tree: Tree, patterns: Sequence[str]) -> int:
    """Write what mends the findings; print the rest, and return 1 if there is any."""
    written, failure = fix(tree, patterns)
    if failure:
        sys.stdout.writelines(f"{path}\n" for path in sorted(written))
        raise failure
    print("\n".join(sorted(written)) or "No deps to fix.")
    reports = [r for r in collect_reports(tree.root, patterns) if r.check == "imports"]
    left = unknown_findings(tree.root, reports)
    sys.stderr.writelines(f"{line}\n" for line in tree.refused)
    if left:
        print(f"{len(left)} left that no edit of deps mends:", file=sys.stderr)
        sys.stderr.write(format_terminal(left))
    return 1 if tree.refused or left else 0


if __name__ == "__main__":
    sys.exit(main())
