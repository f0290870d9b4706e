"""Formats Python and Starlark, and applies the lint fixes that change nothing that code does."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from tools.build_files.switches import switched_off
from tools.findings.baseline import FILE_NAME
from tools.fix.build_edits import obstacle_of
from tools.fix.import_roots import has_project_file
from tools.fix.programs import (
    ProgramError,
    Programs,
    format_starlark,
    is_python,
    is_starlark,
    run,
    syntax_errors,
)
from tools.fix.work_tree import WorkTree, folder_of
from tools.source_text.decoding import SourceError, read_python

SETTINGS = "pyproject.toml"
# What black says of a file that is no Python.
REFUSED = (
    r"^error: cannot (?:format|parse(?: for target version [^:]+)?:?) "
    r"([^:\n]+)((?::\d+)*)"
)
# ruff takes these fixes for safe, and each can change what code does: the order of
# __all__ and __slots__, a name UTC of the module's own, a private name in a class.
UNSAFE = ("B009", "B010", "RUF022", "RUF023", "UP017")


def left_alone(tree: WorkTree, files: Iterable[str]) -> dict[str, str]:
    """Return the files that are rewritten only if they are asked for, and what says so.

    These lie under a baseline, or in a project that comes with settings of its own.
    """
    found: dict[str, str] = {}
    for file in files:
        folder = folder_of(file)
        while folder and is_python(file):
            if f"{folder}/{FILE_NAME}" in tree.file_set:
                found[file] = f"{folder}/{FILE_NAME}"
            elif has_project_file(tree, folder):
                found[file] = folder
            folder = folder_of(folder)
    return found


def _ruff(root: Path, program: Path, files: Sequence[str]) -> None:
    options = ["check", "--fix", "--exit-zero", "--quiet", "--no-cache"]
    options += [f"--unfixable={','.join(UNSAFE)}", f"--config={root / SETTINGS}"]
    run([program, *options, *files], root)


def _black(root: Path, files: Sequence[str], decisions: list[str]) -> None:
    path = os.pathsep.join(sys.path)
    command = [sys.executable, "-m", "black", f"--config={root / SETTINGS}", "--quiet"]
    done = subprocess.run(
        [*command, *files],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    refused = re.findall(REFUSED, done.stderr, re.MULTILINE)
    decisions += [
        f"{file}{where}: black can't read it: correct the syntax."
        for file, where in refused
    ]
    if done.returncode and not refused:
        raise ProgramError(f"black failed (exit {done.returncode}):\n{done.stderr}")


def _refused(tree: WorkTree, file: str) -> str:
    """Return why a file can't be formatted; nothing where it may."""
    if is_starlark(file) or file in tree.unreadable:
        return obstacle_of(tree, file)
    try:
        read_python(tree.root / file)
    except SourceError as error:
        return f"{file}:{error.line}: {error.text}: {error.fix}"
    return ""


def format_files(
    tree: WorkTree, programs: Programs, files: Sequence[str], decisions: list[str]
) -> dict[str, list[str]]:
    """Format files; return what changed each, and add what could not be to the decisions.

    A formatter passes over the files whose targets all switch its check off.

    Raises:
        ProgramError: one of them failed, as for settings that it can't read.
    """
    root = tree.root
    # What a link leads to may be another's.
    refused = {f: _refused(tree, f) for f in files if not (root / f).is_symlink()}
    decisions += filter(None, refused.values())
    python = [f for f, why in refused.items() if is_python(f) and not why]
    starlark = [f for f, why in refused.items() if is_starlark(f) and not why]
    off = {f: switched_off(tree.index.owners.get(f, [])) for f in python}
    linted = [file for file in python if "ruff" not in off[file]]
    formatted = [file for file in python if "black" not in off[file]]

    def buildifier() -> None:
        try:
            format_starlark(programs.buildifier, root, starlark)
        except ProgramError as error:
            found = list(syntax_errors(str(error)))
            decisions.extend(found or [str(error)])

    steps: Mapping[str, tuple[Callable[[], None], Sequence[str]]] = {
        "ruff": (lambda: _ruff(root, programs.ruff, linted), linted),
        "black": (lambda: _black(root, formatted, decisions), formatted),
        "buildifier": (buildifier, starlark),
    }
    changed: dict[str, list[str]] = {}
    for name, (step, concerned) in steps.items():
        if not concerned:
            continue
        before = {file: (root / file).read_bytes() for file in concerned}
        step()
        for file, text in before.items():
            if (root / file).read_bytes() != text:
                changed.setdefault(file, []).append(name)
    return changed
