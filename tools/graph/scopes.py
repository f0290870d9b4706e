"""Shows every scope: who may use it, and who does.

  bazel run //tools/imports:scopes
  bazel run //tools/imports:scopes -- libs/price     of one project
  bazel run //tools/imports:scopes -- --check

`--check` fails for a grant that nobody uses, and for what BUILD files show against the
rules of //tools/imports/policy:scopes.py.
Exit codes: 0 shown or nothing found; 1 findings; 2 not known: no such project, or Bazel failed.
"""

import sys
from collections.abc import Sequence
from typing import NamedTuple

from tools.build_files.reader import BuildFile
from tools.build_files.visibility import Groups
from tools.build_files.workspace import read_workspace
from tools.findings.finding import Finding
from tools.findings.terminal import format_terminal
from tools.graph.dependencies import FIRST_PARTY, read_graph, user_packages
from tools.imports.policy.scopes import (
    is_scoped,
    policy_findings,
    shown_entries,
    unused_grants,
)
from tools.workspace.command import command_parser, print_json, unknown_text
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.labels import package_of, project_of


class Scope(NamedTuple):
    """A target that is shown to other projects."""

    label: str
    may: tuple[str, ...]
    """The package specifications that it is shown to."""
    does: tuple[str, ...]
    """The projects that use it."""

    def text(self) -> str:
        """Return the scope for a person."""
        return (
            f"{self.label}\n    may: {', '.join(self.may)}\n"
            f"    does: {', '.join(self.does) or 'nobody'}\n"
        )


def scopes(files: Sequence[BuildFile], users: dict[str, set[str]]) -> list[Scope]:
    """Return who may use each target that is shown, and who does, sorted."""
    found: set[Scope] = set()
    for shown in shown_entries(files, Groups(files)):
        if shown.by_default or not shown.specs:
            continue
        own = project_of(package_of(shown.label))
        used = {project_of(p) for p in users.get(shown.label, set())} - {own}
        projects = tuple(f"//{project}" for project in sorted(used))
        found.add(Scope(shown.label, tuple(shown.specs), projects))
    return sorted(found)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the scopes, or check them."""
    parser = command_parser("//tools/imports:scopes", __doc__)
    parser.add_argument("--check", action="store_true", help="fail for a broken rule")
    parser.add_argument("projects", nargs="*", help="their folders; by default all")
    options = parser.parse_args(sys.argv[1:] if argv is None else argv)
    wanted = {project_of(text.strip("/")) for text in options.projects}
    try:
        root = workspace_folder()
        files = [f for f in read_workspace(root) if is_scoped(f.package)]
        users = user_packages(read_graph(root, FIRST_PARTY).edges) if files else {}
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    known = {project_of(file.package) for file in files}
    for project in sorted(wanted - known):
        print(unknown_text(project, "project", known), file=sys.stderr)
    if wanted - known:
        return 2
    wanted = wanted or known
    if options.check:
        findings = {*policy_findings(files), *unused_grants(files, users)}
        own = sorted(it for it in findings if project_of(it.path) in wanted)
        return report(own, len(files), options.format)
    found = [
        scope
        for scope in scopes(files, users)
        if project_of(package_of(scope.label)) in wanted
    ]
    if options.format == "json":
        print_json(scopes=[scope._asdict() for scope in found])
    else:
        sys.stdout.writelines(scope.text() for scope in found)
    return 0


def report(findings: Sequence[Finding], count: int, output_format: str) -> int:
    """Print what is found in so many BUILD files, and return the exit code."""
    if output_format == "json":
        print_json(findings=[finding._asdict() for finding in findings])
    elif findings:
        sys.stdout.write(format_terminal(findings))
    else:
        print(
            f"{count} BUILD files show nothing that they may not, or that nobody uses."
        )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
