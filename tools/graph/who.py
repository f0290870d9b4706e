"""Prints who uses a locked distribution: targets, tests and images, each by its path.

  bazel run //tools/imports:who -- numpy pydantic
  bazel run //tools/imports:who -- numpy --format json

Exit codes: 0 printed, 2 not known, since Bazel failed.
"""

import sys
from collections.abc import Sequence
from typing import NamedTuple

from tools.graph.dependencies import WITH_DISTRIBUTIONS, Graph, paths_to, read_graph
from tools.workspace.command import command_parser, print_json
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.labels import pip_label

# The map of modules names every distribution there is, and uses none.
MAP = "//tools/imports/distributions"
GROUPS = ("targets", "tests", "images")


class User(NamedTuple):
    """A target that uses a distribution."""

    group: str
    path: list[str]
    """The labels from the target to the distribution."""


def group_of(rule_class: str) -> str:
    """Return what a rule is to a person: one of the `tests`, `images` or `targets`."""
    if rule_class.endswith("_test"):
        return "tests"
    return "images" if rule_class.startswith("oci_") else "targets"


def users_of(distribution: str, graph: Graph) -> list[User]:
    """Return the users of a distribution by label, each with its shortest path."""
    paths = paths_to(graph.edges, [distribution])
    return [
        User(group_of(graph.classes[label]), path)
        for label, path in sorted(paths.items())
        if label in graph.classes and not label.startswith(MAP)
    ]


def format_users(distribution: str, users: Sequence[User]) -> str:
    """Return the users of a distribution as text."""
    if not users:
        return f"{distribution} is used by no target of this repository.\n"
    lines = [distribution]
    for group in GROUPS:
        paths = [" -> ".join(user.path) for user in users if user.group == group]
        lines += [f" {group}: {len(paths)}", *(f"  {path}" for path in paths)]
    return "\n".join(lines) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Print who uses each distribution."""
    parser = command_parser("//tools/imports:who", __doc__)
    parser.add_argument("names", nargs="+", metavar="NAME", help="a distribution")
    options = parser.parse_args(sys.argv[1:] if argv is None else argv)
    try:
        graph = read_graph(workspace_folder(), WITH_DISTRIBUTIONS)
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    labels = map(pip_label, options.names)
    found = {label: users_of(label, graph) for label in labels}
    if options.format == "json":
        print_json(
            distributions={
                label: [user._asdict() for user in users]
                for label, users in found.items()
            }
        )
    else:
        for label, users in found.items():
            sys.stdout.write(format_users(label, users))
    return 0


if __name__ == "__main__":
    sys.exit(main())
