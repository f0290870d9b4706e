"""Prints who uses a locked distribution or a target: imports by line, then who depends on it, by the path.

  bazel run //tools/imports:who -- numpy pydantic
  bazel run //tools/imports:who -- //libs/price
  bazel run //tools/imports:who -- numpy --format json

Exit codes: 0 printed; 2 not known: nothing has that name, or Bazel failed.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tools.graph.dependencies import (
    WITH_DISTRIBUTIONS,
    Graph,
    is_image,
    paths_to,
    read_graph,
)
from tools.lock.users import importers, modules_of
from tools.workspace.command import command_parser, print_json, unknown_text
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.labels import (
    absolute_label,
    package_of,
    path_of,
    pip_label,
    project_of,
)

PIP = "@pip//"
# The map of modules names every distribution there is, and uses none.
MAP = "//tools/imports/distributions"
GROUPS = ("projects", "images", "tests", "targets")


class User(NamedTuple):
    """A target that uses a distribution."""

    group: str
    path: list[str]
    """The labels from the target to the distribution."""


def group_of(rule_class: str, label: str) -> str:
    """Return what a rule is to a person: one of the `tests`, `images` or `targets`."""
    if rule_class.endswith("_test"):
        return "tests"
    return "images" if is_image(rule_class, label) else "targets"


def label_of(name: str) -> str:
    """Return the label of what a person names: a target, or a distribution however it is spelled."""
    if name.startswith(("//", ":")):
        return absolute_label(name, "")
    return pip_label(name.removeprefix(PIP))


def users_of(goal: str, graph: Graph) -> list[User]:
    """Return the users of a target by label, each with its shortest path."""
    paths = paths_to(graph.edges, [goal])
    return [
        User(group_of(graph.classes[label], label), path)
        for label, path in sorted(paths.items())
        if label in graph.classes and label != goal and not label.startswith(MAP)
    ]


def projects_of(users: Sequence[User]) -> list[User]:
    """Return the shortest path from each project."""
    found: dict[str, User] = {}
    for user in sorted(users, key=lambda user: len(user.path)):
        found.setdefault(project_of(package_of(user.path[0])), user)
    return [User("projects", found[project].path) for project in sorted(found)]


def offered_by(root: Path, label: str, graph: Graph) -> dict[str, str]:
    """Return the modules that a distribution or a target offers, each with its label."""
    if label.startswith(PIP):
        return dict.fromkeys(modules_of(root, [label.removeprefix(PIP)]), label)
    sources = [path_of(name) for name in graph.edges[label] if name[:2] == "//"]
    return {
        path.removesuffix(".py").replace("/", "."): label
        for path in sources
        if path.endswith(".py")
    }


def format_users(label: str, imports: Sequence[str], users: Sequence[User]) -> str:
    """Return who uses a distribution or a target, as text."""
    if not users and not imports:
        return f"{label} is used by no target of this repository.\n"
    lines = [label, f" imports: {len(imports)}", *(f"  {place}" for place in imports)]
    for group in GROUPS:
        found = projects_of(users) if group == "projects" else users
        paths = [" -> ".join(user.path) for user in found if user.group == group]
        lines += [f" {group}: {len(paths)}", *(f"  {path}" for path in paths)]
    return "\n".join(lines) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Print who uses each name."""
    parser = command_parser("//tools/imports:who", __doc__)
    parser.add_argument(
        "names", nargs="+", metavar="NAME", help="a distribution, or a label"
    )
    options = parser.parse_args(sys.argv[1:] if argv is None else argv)
    try:
        root = workspace_folder()
        graph = read_graph(root, WITH_DISTRIBUTIONS)
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    labels = [label_of(name) for name in options.names]
    unknown = [label for label in labels if label not in graph.edges]
    for label in unknown:
        print(
            unknown_text(label, "distribution or target", graph.edges), file=sys.stderr
        )
    if unknown:
        return 2
    found = {label: users_of(label, graph) for label in labels}
    modules = {k: v for x in labels for k, v in offered_by(root, x, graph).items()}
    places = importers(root, modules)
    imports = {label: places.get(label, []) for label in labels}
    if options.format == "json":
        print_json(
            distributions={
                label: [user._asdict() for user in users]
                for label, users in found.items()
            },
            imports=imports,
        )
    else:
        for label, users in found.items():
            sys.stdout.write(format_users(label, imports[label], users))
    return 0


if __name__ == "__main__":
    sys.exit(main())
