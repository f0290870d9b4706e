"""Prints who uses a locked distribution: targets, tests and images, each by its path.

Invoked as: bazel run //tools/imports:who -- NAME…
"""

import argparse
import sys
from collections.abc import Sequence

from tools.imports.graph import WITH_DISTRIBUTIONS, Graph, paths_to, read_graph
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.labels import pip_label

# The map of modules names every distribution there is, and uses none.
MAP = "//tools/imports/distributions"


def group_of(rule_class: str) -> str:
    """Return what a rule is to a person: one of the `tests`, `images` or `targets`."""
    if rule_class.endswith("_test"):
        return "tests"
    return "images" if rule_class.startswith("oci_") else "targets"


def format_users(distribution: str, graph: Graph) -> str:
    """Return the users of a distribution, in groups, each with its shortest path."""
    groups: dict[str, list[str]] = {"targets": [], "tests": [], "images": []}
    for label, path in sorted(paths_to(graph.edges, [distribution]).items()):
        if label in graph.classes and not label.startswith(MAP):
            groups[group_of(graph.classes[label])].append("  " + " -> ".join(path))
    lines = [distribution]
    for group, found in groups.items():
        lines += [f" {group}: {len(found)}", *found]
    return "\n".join(lines) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Print who uses each distribution."""
    parser = argparse.ArgumentParser(prog="bazel run //tools/imports:who --")
    parser.add_argument("names", nargs="+", metavar="NAME")
    options = parser.parse_args(sys.argv[1:] if argv is None else argv)
    try:
        graph = read_graph(workspace_folder(), WITH_DISTRIBUTIONS)
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    known = set(graph.edges).union(*graph.edges.values())
    for name in options.names:
        label = pip_label(name)
        if label in known:
            sys.stdout.write(format_users(label, graph))
        else:
            print(f"{label} is used by no target of this repository.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
