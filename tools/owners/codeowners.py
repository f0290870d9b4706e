"""Writes CODEOWNERS, which code hosts read, from the `owners` of BUILD files.

Invoked as: bazel run //tools/owners
GitHub and GitLab ask those whom the last matching line names to review a change.
Exit codes: 0 written, 2 not known, since a BUILD file can't be read.

Bazel invokes it too, as a check: codeowners --report=FILE --codeowners=FILE --build-file=FILE…

Examples:
  bazel run //tools/owners
"""

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tools.build_files.reader import BUILD, BuildFile
from tools.build_files.workspace import read_workspace
from tools.findings.finding import Finding, format_report
from tools.imports.policy.scopes import read_build_files
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError, workspace_folder

NAME = "CODEOWNERS"
HEAD = "# Written by `bazel run //tools/owners`, from the `owners` of BUILD files.\n"
FIX = "bazel run //tools/owners"
DEFAULT = (
    'name who answers for the rest in the root\'s BUILD.bazel: owners(name = "owners", '
    'owners = ["@organization/team"])'
)


def owners_of(files: Iterable[BuildFile]) -> Mapping[str, Sequence[str]]:
    """Return who answers for each folder that says it; the empty one is the root."""
    return {
        file.package: call.strings("owners")
        for file in files
        for call in file.calls
        if call.function == "owners"
    }


def format_codeowners(files: Sequence[BuildFile]) -> str:
    """Return the file's text: a folder a line, so that the nearest is the last that matches."""
    owners = owners_of(files)
    lines = [
        f"{f'/{package}/' if package else '*'} {' '.join(owners[package])}\n"
        for package in sorted(owners)
    ]
    return HEAD + "".join(lines)


def check(files: Sequence[BuildFile], text: str) -> list[Finding]:
    """Return what is wrong with the file that is there."""
    wanted = format_codeowners(files)
    found = []
    if "\n* " not in wanted:
        said = "has no `owners`, so some folders have none."
        found.append(Finding(BUILD, 1, 0, "owners/default", said, DEFAULT, "//"))
    if text != wanted:
        said = "isn't what the `owners` of BUILD files make."
        found.append(Finding(NAME, 1, 0, "owners/outdated", said, FIX, "//"))
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Write the file, or a report on it."""
    parser = plain_parser("//tools/owners", __doc__)
    parser.fromfile_prefix_chars = "@"
    parser.add_argument("--report", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--codeowners", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--build-file", action="append", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.report:
        text = options.codeowners.read_text(encoding="utf-8")
        findings = check(read_build_files(options.build_file), text)
        options.report.write_text(format_report(findings), encoding="utf-8")
        return 0
    try:
        root = workspace_folder()
        text = format_codeowners(read_workspace(root))
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    (root / NAME).write_text(text, encoding="utf-8")
    print(f"wrote {NAME}: {text.count('\n') - 1} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
