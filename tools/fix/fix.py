"""Formats, lints and wires what is touched, and prints what is left to decide.

Invoked as: bazel run //:fix [-- [--all] [--check] [PATH | //PATTERN]…]
By default it looks at the files that differ from the last commit; PATH is a file or a
folder from the root, PATTERN as Bazel takes it. It runs no checks. `--check` writes
nothing, and prints what it would write to BUILD files.

Exits 1 where something is left to decide, or `--check` finds something to write; 2 where
it could not run.

Examples:
  bazel run //:fix
  bazel run //:fix -- libs/price
  bazel run //:fix -- --all --check
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.build_files.taken_names import (
    describe_taken,
    distribution_names,
    taken_names,
)
from tools.findings.baseline import FILE_NAME
from tools.fix.build_edits import changes, diff
from tools.fix.build_files import fix_build_files
from tools.fix.formatting import format_files, left_alone
from tools.fix.programs import (
    Programs,
    add_programs,
    is_python,
    is_starlark,
    read_programs,
)
from tools.fix.work_tree import WorkTree, folder_of, is_below, read_work_tree
from tools.source_text.decoding import read_starlark
from tools.workspace.command import plain_parser
from tools.workspace.files import replace_file
from tools.workspace.folder import WorkspaceError, workspace_folder


class UsageError(WorkspaceError):
    """The command can't be followed."""


@dataclass(frozen=True)
class Chosen:
    """What the command is about."""

    files: list[str]
    """Files that are there."""
    folders: set[str]
    """Folders whose BUILD files are looked at."""


def choose(tree: WorkTree, paths: Sequence[str], *, is_all: bool) -> Chosen:
    """Return what is asked for.

    Raises:
        UsageError: a path names nothing that git knows.
    """
    files = list(tree.files if is_all else tree.touched)
    if paths:
        files = []
        known = {*tree.files, *tree.touched}
        for path in paths:
            folder, is_deep = folder_of_pattern(path)
            found = [
                file
                for file in known
                if file == folder
                or (is_below(file, folder) if is_deep else folder_of(file) == folder)
            ]
            if not found:
                raise UsageError(
                    f"{path}: git knows no such file or folder.\n"
                    "Fix: name files and folders from the root."
                )
            files += found
    wanted = sorted(file for file in set(files) if is_python(file) or is_starlark(file))
    folders = {folder_of(file) for file in wanted}
    return Chosen([file for file in wanted if file in tree.file_set], folders)


def folder_of_pattern(text: str) -> tuple[str, bool]:
    """Return the folder or file that an argument names, and whether what is below counts."""
    if not text.startswith("//"):
        return ("" if text == "." else text.strip("/")), True
    package, _, name = text.removeprefix("//").partition(":")
    is_deep = package.endswith("...") or name == "..."
    return package.removesuffix("...").rstrip("/"), is_deep


def refuse_taken_names(tree: WorkTree) -> None:
    """Refuse a tree in which what is written would not be what is imported.

    Raises:
        UsageError: a name at the root is another's.
    """
    found = list(taken_names(tree.index, distribution_names(tree.distributions)))
    at_root = [taken for taken in found if taken.target is None]
    if at_root:
        raise UsageError(describe_taken(at_root))


def format_chosen(
    tree: WorkTree, options: argparse.Namespace, chosen: Chosen, programs: Programs
) -> list[str]:
    """Format what is asked for, print what changed, and return what couldn't be."""
    decisions: list[str] = []
    kept = {} if options.paths else left_alone(tree, chosen.files)
    for reason, count in sorted(Counter(kept.values()).items()):
        print(
            f"{reason}: {count} files stay as they came: to format them, name them: "
            f"bazel run //:fix -- {reason.removesuffix(f'/{FILE_NAME}')}"
        )
    files = [file for file in chosen.files if file not in kept]
    changed = format_files(tree, programs, files, decisions)
    for file, names in sorted(changed.items()):
        print(f"fixed {file}: {', '.join(names)}")
    return decisions


def write(tree: WorkTree, result: WorkTree) -> list[str]:
    """Write BUILD files, print what became of each, and return what couldn't be."""
    decisions = []
    for path in changes(tree.starlark, result.starlark):
        text = result.starlark.get(path)
        try:
            _put(tree.root / path, text)
        except OSError as error:
            decisions.append(
                f"{path}: can't be written: {error.strerror}: change that."
            )
        else:
            done = "fixed" if path in tree.starlark else "wrote"
            print(f"{'deleted' if text is None else done} {path}")
    return decisions


def _put(file: Path, text: str | None) -> None:
    """Write a file, or take it away."""
    if text is None:
        file.unlink()
    else:
        replace_file(file.resolve(), text)


def fix(tree: WorkTree, options: argparse.Namespace, programs: Programs) -> int:
    """Fix what is asked for, and print what changed and what is left."""
    chosen = choose(tree, options.paths, is_all=options.all)
    decisions = [
        f"{path.rstrip('/')}: is a git repository of its own, and nothing in it is "
        "looked at: take its .git away, or name the folder in .bazelignore."
        for path in tree.touched
        if path.endswith("/")
    ]
    if not chosen.folders and not decisions:
        print("Nothing to fix: no Python or Starlark file is touched.")
        return 0
    refuse_taken_names(tree)
    if not options.check:
        decisions += format_chosen(tree, options, chosen, programs)
        texts = {
            f: read_starlark(tree.root / f)
            for f in chosen.files
            if f in tree.starlark and tree.may_read(f)
        }
        tree = tree.with_texts(dict(texts.items() - tree.starlark.items()))
    result = fix_build_files(tree, chosen.folders, programs)
    decisions += result.decisions
    differing = changes(tree.starlark, result.tree.starlark)
    if options.check:
        sys.stdout.write(diff(tree.starlark, result.tree.starlark))
    else:
        decisions += write(tree, result.tree)
    lines = dict.fromkeys(decisions)
    sys.stderr.writelines(f"{line}\n" for line in lines)
    names = f"{len(chosen.folders)} folders looked at"
    print(f"{names}, {len(differing)} BUILD files differ, {len(lines)} to decide.")
    return 1 if lines or (options.check and differing) else 0


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = plain_parser("//:fix", __doc__)
    add_programs(parser, "ruff", "buildifier", "buildozer")
    parser.add_argument("--all", action="store_true", help="every file, touched or not")
    parser.add_argument("--check", action="store_true", help="print the diff and fail")
    parser.add_argument("paths", nargs="*", metavar="PATH")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Fix the work tree."""
    options = parse_arguments(argv)
    try:
        return fix(read_work_tree(workspace_folder()), options, read_programs(options))
    except (WorkspaceError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted. Run it again at any time.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
