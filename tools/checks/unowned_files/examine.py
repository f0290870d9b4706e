"""Checks the files that git knows against those that checks and tests see."""

from tools.checks.unowned_files.python_files import (
    forgotten_conftests,
    hiding_names,
    unknown_patterns,
    unseen_python,
    untold,
)
from tools.checks.unowned_files.settings import switches
from tools.checks.unowned_files.starlark_files import unseen_starlark, unseen_toml
from tools.checks.unowned_files.targets import targets
from tools.checks.unowned_files.tree import Tree, finding
from tools.findings.finding import Finding

PARTS = (
    forgotten_conftests,
    hiding_names,
    switches,
    targets,
    unknown_patterns,
    unseen_python,
    unseen_starlark,
    unseen_toml,
    untold,
)


def examine(tree: Tree) -> list[Finding]:
    """Return everything that no check sees, sorted."""
    if tree.broken:
        # What such a file owns can't be known, and would all seem to be lost.
        return [
            finding(e.path, e.line, "unreadable", e.text, "correct the syntax.")
            for e in tree.broken
        ]
    return sorted({found for part in PARTS for found in part(tree)})
