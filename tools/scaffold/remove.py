"""Takes projects out that nobody else uses: folder, rows, floors, grants, settings and distributions.

Invoked as: bazel run //:remove -- libs/price [services/shop …] [--dry-run]
It prints who still uses them, and stops: imports and BUILD files, each by its line, and settings that only a
person can change. Docs that name it are printed at the end. `--dry-run` prints the diff.
Exits 1 where one is used or //:fix leaves something to decide, 2 where it could not run.

Examples:
  bazel run //:remove -- libs/price --dry-run
"""

import argparse
import re
import shutil
import sys
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

from tools.build_files.packages import BUILD_NAMES
from tools.build_files.starlark import StarlarkError
from tools.fix.build_edits import changes, diff
from tools.fix.history import History
from tools.fix.programs import is_python
from tools.lock.inputs import INPUTS
from tools.scaffold.command import fix_files, project_parser, run, write
from tools.scaffold.mentions import Project, is_example, print_left, read_texts
from tools.scaffold.projects import (
    RefusedError,
    existing_project,
    row_of,
    without_row,
)
from tools.scaffold.starlark_entries import named_in, without
from tools.workspace.bazel import Bazel
from tools.workspace.names import label_name

FLOORS = "coverage.toml"
LAYERS = "image_layers.bzl"
OWNERS = "CODEOWNERS"
DISTRIBUTION = re.compile(r"\"@pip//([\w.-]+)")
# Commands that settle what depends on the files that they are named by.
UPDATES = {
    INPUTS: "//:requirements.update",
    LAYERS: "//tools/image:update_layer_table",
}


def is_starlark(path: str) -> bool:
    """Return whether a file is a BUILD or .bzl file."""
    return path.rpartition("/")[2] in BUILD_NAMES or path.endswith(".bzl")


def without_entries(path: str, text: str, project: Project) -> str:
    """Return a text without what speaks of a project there, and can go with it."""
    name = path.rpartition("/")[2]
    if is_starlark(path):
        found = named_in(path, text, project.sure)
        return without(text, {named.entry for named in found if named.entry})
    if path == FLOORS:
        header = rf'(?:^#.*\n)*^\[floor\."{project.folder}"\]\n(?:^[^\[#\n].*\n)*\n?'
        return re.sub(header, "", text, flags=re.MULTILINE)
    if name == OWNERS:
        return re.sub(rf"^/?{project.folder}\b.*\n", "", text, flags=re.MULTILINE)
    readme, row = row_of(project.folder)
    return without_row(text, row)[0] if path == readme else text


def users(texts: Mapping[str, str], project: Project) -> Iterator[str]:
    """Yield who uses the project, by file and line: texts without what goes with it."""
    for path, text in sorted(texts.items()):
        if is_python(path):
            for line, module in project.imports(path, text):
                yield f"{path}:{line}: imports {module}"
        elif is_starlark(path):
            for named in named_in(path, text, project.sure):
                yield f"{path}:{named.line}: names {named.value}"
        elif not path.endswith(".md"):
            for number, line in enumerate(text.split("\n"), 1):
                found = project.sure.search(line.partition("#")[0])
                if found and not is_example(line):
                    yield f"{path}:{number}: names {found[0]}"


def distributions(texts: Mapping[str, str]) -> set[str]:
    """Return the distributions that BUILD and .bzl files name."""
    starlark = (text for path, text in texts.items() if is_starlark(path))
    return {label_name(n) for text in starlark for n in DISTRIBUTION.findall(text)}


def without_requirements(text: str, lost: Container[str]) -> str:
    """Return requirements.in without distributions that nothing names any more."""
    return "".join(
        line
        for line in text.splitlines(keepends=True)
        if label_name(re.split(r"[^\w.-]", line, maxsplit=1)[0]) not in lost
    )


def plan(
    root: Path, projects: Sequence[Project]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts outside of projects as they are, and as they will be without them.

    Raises:
      RefusedError: one is used, or git has not all of it.
    """
    refuse_edited(root, projects)
    texts = read_texts(root)
    before = {p: t for p, t in texts.items() if not any(it.holds(p) for it in projects)}
    after, found = dict(before), []
    try:
        for project in projects:
            after = {p: without_entries(p, t, project) for p, t in after.items()}
        for project in projects:
            lines = "".join(f"  {place}\n" for place in users(after, project))
            found += [f"{project.folder} is still used:\n{lines}"] if lines else []
    except StarlarkError as error:
        raise RefusedError(f"{error}\nFix: correct the syntax there.") from None
    if found:
        raise RefusedError(
            f"{''.join(found)}Fix: take these out first, and //:fix what they leave."
        )
    if INPUTS in before:
        lost = distributions(texts) - distributions(after)
        after[INPUTS] = without_requirements(before[INPUTS], lost)
    return before, after


def refuse_edited(root: Path, projects: Sequence[Project]) -> None:
    """Refuse to take away edits that git couldn't bring back.

    Raises:
      RefusedError: files of a committed project differ from the last commit.
    """
    history = History(root)
    touched, committed = history.touched(), history.committed()
    for project in projects:
        edited = [path for path in touched if project.holds(path)]
        if edited and any(map(project.holds, committed)):
            raise RefusedError(
                f"{edited[0]}: differs from the last commit, and would be lost.\n"
                f"Fix: commit what {project.folder} holds, so that git can bring it back."
            )


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = project_parser("//:remove", __doc__)
    parser.add_argument(
        "folders", nargs="+", metavar="FOLDER", help="a project's folder"
    )
    return parser.parse_args(argv)


def remove(root: Path, options: argparse.Namespace) -> int:
    """Take projects out, and return the exit code.

    Raises:
      RefusedError: they can't go.
    """
    folders = [existing_project(root, text) for text in options.folders]
    projects = list(map(Project, folders))
    before, after = plan(root, projects)
    changed = changes(before, after)
    code = 0
    if options.dry_run:
        print(f"would remove {', '.join(folders)}")
        sys.stdout.write(diff(before, after))
    else:
        for folder in folders:
            shutil.rmtree(root / folder)
            print(f"removed {folder}")
        write(root, {path: after[path] for path in changed})
        code = fix_files(root, options, changed)
        for label in (label for path, label in UPDATES.items() if path in changed):
            code = Bazel(root).show("run", label) or code
    for project in projects:
        print_left(after, project)
    return code


def main(argv: Sequence[str] | None = None) -> int:
    """Take projects out."""
    return run(remove, parse_arguments(argv))


if __name__ == "__main__":
    sys.exit(main())
