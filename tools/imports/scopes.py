"""Shows every scope: who may use it, and who does.

Invoked as: bazel run //tools/imports:scopes [-- --check]

`--check` fails for a grant that nobody uses, and for what the BUILD files show against
the rules of scopes_policy.py.
"""

import argparse
import sys
from collections.abc import Sequence

from tools.build_files.reader import BuildFile
from tools.build_files.visibility import Groups
from tools.build_files.workspace import read_workspace
from tools.findings.terminal import format_terminal
from tools.imports.graph import FIRST_PARTY, read_graph, users_of
from tools.imports.scopes_policy import (
    is_scoped,
    policy_findings,
    shown_entries,
    unused_grants,
)
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.labels import package_of, project_of


def table(files: Sequence[BuildFile], users: dict[str, set[str]]) -> str:
    """Return who may use each target that is shown, and who does."""
    lines = []
    for shown in shown_entries(files, Groups(files)):
        if shown.by_default or not shown.specs:
            continue
        own = project_of(package_of(shown.label))
        used = {project_of(p) for p in users.get(shown.label, set())} - {own}
        lines.append(
            f"{shown.label}\n    may: {', '.join(shown.specs)}\n"
            f"    does: {', '.join('//' + p for p in sorted(used)) or 'nobody'}\n"
        )
    return "".join(sorted(set(lines)))


def main(argv: Sequence[str] | None = None) -> int:
    """Print the scopes, or check them."""
    parser = argparse.ArgumentParser(prog="bazel run //tools/imports:scopes --")
    parser.add_argument("--check", action="store_true", help="fail for a broken rule")
    options = parser.parse_args(sys.argv[1:] if argv is None else argv)
    try:
        root = workspace_folder()
        files = [f for f in read_workspace(root) if is_scoped(f.package)]
        users = users_of(read_graph(root, FIRST_PARTY).edges) if files else {}
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    if not options.check:
        sys.stdout.write(table(files, users))
        return 0
    findings = sorted({*policy_findings(files), *unused_grants(files, users)})
    sys.stdout.write(
        format_terminal(findings)
        or f"{len(files)} BUILD files show nothing that they may not, or that nobody uses.\n"
    )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
