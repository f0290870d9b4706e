"""Gives a project another name: folder, imports, labels, grants, floors, settings, docs.

Invoked as: bazel run //:move -- libs/price libs/cost [--dry-run]
Python is rewritten where it is certain what it means: in the project, in what imports it, and in packages that depend
on it. What else names it in Python is printed, by file and line. `--dry-run` prints the diff.
Exits 1 where it can't work or //:fix leaves something to decide, 2 where it could not run.

Examples:
  bazel run //:move -- libs/price libs/cost --dry-run
"""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.build_files.reader import BUILD, BuildFile
from tools.build_files.starlark import StarlarkError
from tools.fix.build_edits import changes, diff
from tools.fix.programs import is_python
from tools.scaffold.command import fix_files, project_parser, run, write
from tools.scaffold.mentions import Project, print_left, read_texts, renamed
from tools.scaffold.projects import (
    RefusedError,
    existing_project,
    refuse_new,
    row_of,
    with_row,
    without_row,
)
from tools.scaffold.remove import OWNERS
from tools.workspace.bazel import Bazel


def plan(
    root: Path, old: Project, new: Project
) -> tuple[dict[str, str], dict[str, str]]:
    """Return all texts as they are and as they will be, by their new paths.

    Raises:
      RefusedError: the project can't have that name.
    """
    if new.top != old.top:
        raise RefusedError(
            f'"{new.folder}": {old.folder} can have another name, and not another place.\n'
            f"Fix: name a folder of {old.top}."
        )
    refuse_new(root, new.folder)
    texts = read_texts(root)
    has_main = _has_main(texts, old, new)
    sources = old.sources(texts)
    before, after = {}, {}
    for path, text in texts.items():
        place = new.folder + path[len(old.folder) :] if old.holds(path) else path
        before[place] = text
        is_sure = path in sources or not is_python(path)
        after[place] = renamed(path, text, old, new) if is_sure else text
    build = f"{new.folder}/{BUILD}"
    if has_main:
        after[build] = re.sub(
            rf'(\bname = "|":){old.name}"', rf'\1{new.name}"', after[build]
        )
    readme, row = row_of(new.folder)
    if readme in after:
        # The row of a tool isn't called after its folder.
        named = row if row == new.folder else old.name
        text, about = without_row(after[readme], named)
        after[readme] = with_row(text, row, about) if about else text
    return before, after


def _has_main(texts: Mapping[str, str], old: Project, new: Project) -> bool:
    """Return whether the project has a target of its own name.

    Raises:
      RefusedError: it has one of the new name.
    """
    path = f"{old.folder}/{BUILD}"
    try:
        file = BuildFile(texts.get(path, ""), path)
    except StarlarkError as error:
        raise RefusedError(f"{error}\nFix: correct the syntax there.") from None
    lines = {call.name: call.node.lineno for call in file.calls}
    if new.name in lines:
        raise RefusedError(
            f'{path}:{lines[new.name]}: has a target "{new.name}", which would be the main one.\n'
            "Fix: give it another name first."
        )
    return old.name in lines


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = project_parser("//:move", __doc__)
    parser.add_argument("old", metavar="OLD", help="a project's folder")
    parser.add_argument("new", metavar="NEW", help="the folder that it will be")
    return parser.parse_args(argv)


def move(root: Path, options: argparse.Namespace) -> int:
    """Move the project, and return the exit code.

    Raises:
      RefusedError: it can't work.
    """
    old = Project(existing_project(root, options.old))
    new = Project(options.new.strip("/"))
    before, after = plan(root, old, new)
    changed = changes(before, after)
    if options.dry_run:
        print(f"would move {old.folder} to {new.folder}")
        sys.stdout.write(diff(before, after))
        code = 0
    else:
        (root / old.folder).rename(root / new.folder)
        print(f"moved {old.folder} to {new.folder}")
        write(root, {path: after[path] for path in changed})
        inside = [path for path in after if new.holds(path)]
        code = fix_files(root, options, {*changed, *inside})
        if OWNERS in changed:
            # Its lines are in the order of the folders.
            code = Bazel(root).show("run", "//tools/owners") or code
    print_left(after, old)
    return code


def main(argv: Sequence[str] | None = None) -> int:
    """Move a project."""
    return run(move, parse_arguments(argv))


if __name__ == "__main__":
    sys.exit(main())
