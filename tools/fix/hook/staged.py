"""Checks the staged files, as they are staged: the fast part, for the pre-commit hook.

Invoked by the hook as: bazel run //tools/fix/hook:staged [-- --began=FILE]
black, ruff and buildifier run over what `git commit` would commit, and no file may hold a merge
conflict. Types, imports and the rest are the build's; what the build accepts by a baseline or a tag
isn't printed.
Exits 1 on findings, 2 where a check could not run. FILE becomes a script that starts it
without Bazel (restart.py).
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path

from tools.build_files.starlark import StarlarkError
from tools.checks import black_findings, ruff_findings
from tools.checks.starlark import buildifier
from tools.findings.finding import Finding, ReportError
from tools.findings.terminal import format_terminal
from tools.fix.hook.restart import remember
from tools.fix.hook.suppressions import without_accepted
from tools.fix.programs import (
    Programs,
    add_programs,
    is_python,
    is_starlark,
    read_programs,
)
from tools.source_text.decoding import SourceError, read_python
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.git import git, git_bytes, git_paths

SETTINGS = "pyproject.toml"
# Begins what git leaves where two branches changed the same lines.
CONFLICT = "<<<<<<< "
# git's modes of a file, the executable one second; a link and a submodule have others.
FILE_MODES = ("100644", "100755")
FAILURES = (
    black_findings.BlackError,
    buildifier.BuildifierError,
    WorkspaceError,
    ReportError,
    ruff_findings.RuffError,
    StarlarkError,
)


def staged_files(root: Path) -> list[str]:
    """Return the files of the index that the next commit changes; links aren't files."""
    options = ("--cached", "--raw", "--diff-filter=ACMT", "--no-renames", "-z")
    # `:<old mode> <new mode> <old> <new> <status>`, NUL, the path, NUL.
    fields = git(root, "diff", *options).split("\0")
    changes = zip(fields[::2], fields[1::2], strict=False)
    return sorted(p for change, p in changes if change.split()[1] in FILE_MODES)


def staged_text(root: Path, path: str) -> str | None:
    """Return a file of the index, or None if it has none of that path."""
    if not git_paths(root, "ls-files", "--cached", "--", f":(literal){path}"):
        return None
    return git_bytes(root, "show", f":{path}").decode(errors="replace")


def conflicts(root: Path) -> Iterator[Finding]:
    """Yield where a merge left two versions in a staged file, of whatever kind."""
    changed = ("--cached", "--name-only", "--diff-filter=ACM", f"-G^{CONFLICT}")
    for path in git_paths(root, "diff", *changed):
        lines = (staged_text(root, path) or "").split("\n")
        for number, line in enumerate(lines, 1):
            if line.startswith(CONFLICT):
                text, fix = "holds a merge conflict", "settle it, and stage the file."
                yield Finding(path, number, 1, "merge/conflict", text, fix)


def python_findings(
    ruff: Path, files: Sequence[str], report: Path
) -> Iterator[Finding]:
    """Yield what ruff and black find, and which files Python can't read."""
    yield from ruff_findings.find(str(ruff), SETTINGS, files, str(report), "")
    for file in files:
        yield from black_findings.find(file, SETTINGS, "")
        try:
            read_python(Path(file))
        except SourceError as error:
            rule, text = "imports/syntax", f"{error.text}."
            yield Finding(file, error.line, 0, rule, text, error.fix)


def check(root: Path, programs: Programs, files: Sequence[str]) -> list[Finding]:
    """Return what the fast checks find in staged files; raises one of FAILURES."""
    python = [file for file in files if is_python(file)]
    starlark = [file for file in files if is_starlark(file)]
    findings = list(conflicts(root))
    with tempfile.TemporaryDirectory() as folder:
        there = [*python, *starlark, SETTINGS]
        git(root, "checkout-index", f"--prefix={folder}/", "--", *there)
        os.chdir(folder)
        if python:
            report = Path(folder, "report")
            findings += python_findings(programs.ruff, python, report)
        held = {file: Path(file).read_bytes() for file in starlark}
        findings += buildifier.examine(programs.buildifier, held)
        os.chdir(root)
    # Files of one folder ask for the same baselines and BUILD files.
    return without_accepted(findings, cache(partial(staged_text, root)))


def main(argv: Sequence[str] | None = None) -> int:
    """Check what is staged."""
    parser = argparse.ArgumentParser(prog="staged")
    add_programs(parser, "ruff", "buildifier")
    parser.add_argument("--began", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    programs = read_programs(options)
    try:
        root = workspace_folder()
        if options.began:
            started = [f"--ruff={programs.ruff}", f"--buildifier={programs.buildifier}"]
            remember(root / options.began, sys.argv[0], started, os.environ)
        files = [
            path for path in staged_files(root) if is_python(path) or is_starlark(path)
        ]
        findings = check(root, programs, files) if files else list(conflicts(root))
    except FAILURES as error:
        print(error, file=sys.stderr)
        return 2
    sys.stderr.write(format_terminal(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
