"""Formats and fixes what can be fixed in the work tree, and prints what changed.

Invoked as: bazel run //:fix [-- [--all] [PATH…]]
Touched files by default: what differs from the last commit. PATH is a file or a folder
from the root. Exits 2 where a program failed.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import black

from tools.build_files.workspace import refuse_taken_names
from tools.checks.mend.worktree import (
    MendError,
    Programs,
    add_programs,
    all_files,
    is_python,
    is_starlark,
    read_programs,
    run,
    touched_files,
    workspace,
)
from tools.imports import fix as imports_fix
from tools.workspace.files import ignored_folders
from tools.workspace.folder import WorkspaceError

SETTINGS = "pyproject.toml"
BUILD_FILE = "BUILD.bazel"


def chosen_files(root: Path, paths: Sequence[str], *, is_all: bool) -> list[str]:
    """Return the files to mend: those below `paths`, all, or those touched.

    Raises:
        MendError: a path names no file.
    """
    if not paths:
        return all_files(root) if is_all else touched_files(root)
    known = all_files(root)
    chosen = {path: files_below(known, path.strip("/")) for path in paths}
    wrong = [path for path, files in chosen.items() if not files]
    if wrong:
        raise MendError(
            f"{', '.join(wrong)}: git knows no such file or folder.\n"
            "Fix: name files and folders from the root."
        )
    return sorted({file for files in chosen.values() for file in files})


def files_below(files: Iterable[str], path: str) -> list[str]:
    """Return the file that a path is, or the files below it."""
    return [file for file in files if file == path or file.startswith(f"{path}/")]


def ruff(root: Path, program: Path, files: Sequence[str]) -> None:
    """Apply ruff's safe fixes."""
    options = ["check", "--fix", "--exit-zero", "--quiet", "--no-cache"]
    run([program, *options, f"--config={root / SETTINGS}", *files], root)


def format_python(root: Path, files: Sequence[str]) -> None:
    """Format by black, a file at a time: a pool of processes costs more than it saves.

    Raises:
        MendError: black can't read a file.
    """
    failed = []
    for file in files:
        command = [f"--config={root / SETTINGS}", "--quiet", str(root / file)]
        try:
            black.main(command)
        except SystemExit as stop:
            if stop.code:
                failed.append(file)
    if failed:
        names = ", ".join(failed)
        raise MendError(f"black can't format {names}.\nFix: mend the syntax there.")


def buildifier(root: Path, program: Path, files: Sequence[str]) -> None:
    """Format Starlark, and apply the fixes of buildifier's warnings."""
    run([program, "-mode=fix", "-lint=fix", "-warnings=all", *files], root)


def packages_of(root: Path, files: Iterable[str]) -> list[str]:
    """Return the patterns of the packages that files lie in, those of other workspaces left out.

    A folder with sources that no target has is one: it is about to get its BUILD file.

    Raises:
        WorkspaceError: a BUILD file can't be read.
    """
    ignored = ignored_folders(root)
    folders = {Path(file).parent for file in files if not file.startswith(ignored)}
    bare = {it for it in folders if not (root / it / BUILD_FILE).exists()}
    new = set()
    if bare:
        patterns = [pattern_of(folder) for folder in bare]
        loose = imports_fix.loose_sources(imports_fix.Tree(root), patterns)
        new = {Path(folder) for folder in loose}
    around = {package_around(root, folder) for folder in folders - new}
    return sorted(map(pattern_of, new | around))


def pattern_of(folder: Path) -> str:
    """Return the pattern of what is in a folder itself."""
    return f"//{folder}:all" if folder != Path() else "//:all"


def package_around(root: Path, folder: Path) -> Path:
    """Return the nearest package that a folder is in, or is."""
    while folder != Path() and not (root / folder / BUILD_FILE).exists():
        folder = folder.parent
    return folder


def snapshot(root: Path, files: Iterable[str]) -> dict[str, bytes]:
    """Return what files hold."""
    return {file: (root / file).read_bytes() for file in files}


def mend(root: Path, programs: Programs, files: Sequence[str]) -> dict[str, list[str]]:
    """Mend files; return what changed each.

    Raises:
        MendError: a program failed.
    """
    python = [file for file in files if is_python(file)]
    starlark = [file for file in files if is_starlark(file)]
    steps: Mapping[str, tuple[Callable[[], None], Sequence[str]]] = {
        "ruff": (lambda: ruff(root, programs.ruff, python), python),
        "black": (lambda: format_python(root, python), python),
        "buildifier": (
            lambda: buildifier(root, programs.buildifier, starlark),
            starlark,
        ),
    }
    changed: dict[str, list[str]] = {}
    for name, (step, concerned) in steps.items():
        if not concerned:
            continue
        before = snapshot(root, concerned)
        step()
        for file, text in before.items():
            if (root / file).read_bytes() != text:
                changed.setdefault(file, []).append(name)
    return changed


def main(argv: Sequence[str] | None = None) -> int:
    """Mend, and say what changed."""
    parser = argparse.ArgumentParser(prog="bazel run //:fix --")
    add_programs(parser)
    parser.add_argument("--all", action="store_true", help="every file, touched or not")
    parser.add_argument("paths", nargs="*", metavar="PATH")
    options = parser.parse_args(argv)
    programs = read_programs(options)
    try:
        root = workspace()
        refuse_taken_names(root)
        files = chosen_files(root, options.paths, is_all=options.all)
        changed = mend(root, programs, files)
        concerned = [file for file in files if is_python(file) or is_starlark(file)]
        # Imports last: they are read from what the others leave.
        packages = ["//..."] if options.all else packages_of(root, concerned)
    except (MendError, WorkspaceError) as error:
        print(error, file=sys.stderr)
        return 2
    for file, names in sorted(changed.items()):
        print(f"fixed {file}: {', '.join(names)}")
    if not concerned:
        print("Nothing to fix: no Python or Starlark file is touched.")
        return 0
    print(f"{len(changed)} of {len(concerned)} files changed.", flush=True)
    return imports_fix.main(packages) if packages else 0


if __name__ == "__main__":
    sys.exit(main())
