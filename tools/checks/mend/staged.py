"""Checks the staged files, as they are staged: the fast part, for the pre-commit hook.

Invoked by the hook as: bazel run //tools/checks/mend:staged [-- --began=FILE]
black, ruff and buildifier run over what `git commit` would commit. Types, imports and
the rest are the build's; what the build accepts by a baseline or a tag isn't told.
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
from tools.checks.mend.accepted import without_accepted
from tools.checks.mend.restart import remember
from tools.checks.mend.worktree import (
    MendError,
    Programs,
    add_programs,
    git,
    is_python,
    is_starlark,
    read_programs,
    staged_files,
    staged_text,
    workspace,
)
from tools.checks.starlark import buildifier
from tools.findings.finding import Finding, ReportError
from tools.findings.terminal import format_terminal
from tools.source_text.decoding import SourceError, read_python

SETTINGS = "pyproject.toml"
FAILURES = (
    black_findings.BlackError,
    buildifier.BuildifierError,
    MendError,
    ReportError,
    ruff_findings.RuffError,
    StarlarkError,
)


def check_out(root: Path, folder: Path, files: Sequence[str]) -> None:
    """Write files of the index into a folder."""
    git(root, "checkout-index", f"--prefix={folder}/", "--", *files)


def python_findings(
    ruff: Path, files: Sequence[str], report: Path
) -> Iterator[Finding]:
    """Yield what ruff and black find, and which files Python can't read."""
    texts = ruff_findings.read_sources(files)
    for said, _ in ruff_findings.examine(str(ruff), SETTINGS, texts, str(report)):
        yield from ruff_findings.read_findings(said, "")
    for file in files:
        yield from black_findings.find(file, SETTINGS, "")
        try:
            read_python(Path(file))
        except SourceError as error:
            rule, text = "imports/syntax", f"{error.text}."
            yield Finding(file, error.line, 0, rule, text, error.fix)


def check(root: Path, programs: Programs, files: Sequence[str]) -> list[Finding]:
    """Return what the fast checks find in staged files.

    Raises:
        MendError: git failed.
        RuffError: ruff failed.
        BlackError: black failed.
        ReportError: a baseline can't be read.
        StarlarkError: a BUILD file can't be read.
        BuildifierError: buildifier failed.
    """
    python = [file for file in files if is_python(file)]
    starlark = [file for file in files if is_starlark(file)]
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check_out(root, folder, [*python, *starlark, SETTINGS])
        os.chdir(folder)
        if python:
            findings += python_findings(programs.ruff, python, folder / "report")
        held = {file: Path(file).read_bytes() for file in starlark}
        findings += buildifier.examine(programs.buildifier, held)
        os.chdir(root)
    # Files of one folder ask for the same baselines and BUILD files.
    return without_accepted(findings, cache(partial(staged_text, root)))


def main(argv: Sequence[str] | None = None) -> int:
    """Check what is staged."""
    parser = argparse.ArgumentParser(prog="staged")
    add_programs(parser)
    parser.add_argument("--began", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    programs = read_programs(options)
    try:
        root = workspace()
        if options.began:
            started = [f"--ruff={programs.ruff}", f"--buildifier={programs.buildifier}"]
            remember(root / options.began, sys.argv[0], started, os.environ)
        staged = [
            file for file in staged_files(root) if is_python(file) or is_starlark(file)
        ]
        findings = check(root, programs, staged) if staged else []
    except FAILURES as error:
        print(error, file=sys.stderr)
        return 2
    sys.stderr.write(format_terminal(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
