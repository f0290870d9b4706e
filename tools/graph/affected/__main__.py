"""Lists what a change can affect: by project its tests, images and pushes, or the labels of one kind.

  bazel run //tools/affected                               since the last commit
  bazel run //tools/affected -- --base origin/main         since a branch
  bazel run //tools/affected -- --only tests               one label a line, sorted
  bazel run //tools/affected -- --only tests --explain     with the path to the file

A target is listed where Bazel could build it otherwise than at the base, or refuse to;
more can be listed, none is left out. What only checks could find otherwise, since a
program or a setting of theirs changed, is listed by `--only checks`. How many there are
goes to stderr. Exit codes: 0 listed, 2 not known, since git or Bazel failed.
"""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from tools.graph.affected.changes import Change, History
from tools.graph.affected.roots import Finder, Roots, is_build_file
from tools.graph.affected.starlark_files import StarlarkFiles
from tools.graph.affected.targets import Rule, Targets, read_targets
from tools.graph.dependencies import is_image, paths_to, read_graph
from tools.lock.pins import LOCK
from tools.workspace.command import command_parser, print_json
from tools.workspace.files import seen_by_bazel
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.labels import package_of, project_of

# All that anything of the repository names, in whichever attribute, and what they import.
DISTRIBUTIONS = 'deps(filter("^@@?.*pip", deps(//...:*, 1)))'
TARGETS, CHECKS, PUSHES = "targets", "checks", "pushes"
GROUPS: Mapping[str, Callable[[Rule], bool]] = {
    "tests": lambda rule: rule.kind.endswith("_test"),
    "images": lambda rule: is_image(rule.kind, rule.label),
    # What //tools/image tags so: the pushes of what `push_all` takes.
    PUSHES: lambda rule: "image-push" in rule.tags,
    TARGETS: lambda _: True,
    # All that `bazel build` checks.
    CHECKS: lambda _: True,
}
# What a person is shown of a project.
WORDS = {"tests": "test", "images": "image", "pushes": "push"}


def affected(targets: Targets, roots: Roots) -> dict[str, list[str]]:
    """Return the path from each target that is affected to the file that changed, by label."""
    if roots.everything:
        return _all(targets, roots.everything)
    paths = paths_to(targets.edges, roots.reasons)
    return {
        label: [*paths[label], roots.reasons[paths[label][-1]]]
        for label in sorted(paths)
        if label in targets.rules
    }


def checked(targets: Targets, roots: Roots) -> dict[str, list[str]]:
    """Return the same of each target that the checks may judge otherwise."""
    if roots.checks and not roots.everything:
        return _all(targets, roots.checks)
    return affected(targets, roots)


def _all(targets: Targets, path: str) -> dict[str, list[str]]:
    return {label: [label, path] for label in sorted(targets.rules)}


def listed(targets: Targets, labels: Iterable[str], group: str) -> list[str]:
    """Return those labels of a group that `//...` has, and pushes, which are for other platforms too."""
    rules = (targets.rules[label] for label in labels)
    belongs = GROUPS[group]
    return [
        it.label
        for it in rules
        if belongs(it) and (group == PUSHES or not it.is_manual)
    ]


def by_project(targets: Targets, labels: Collection[str]) -> str:
    """Return those labels for a person: each project, with its tests, images and pushes."""
    words = {
        label: word
        for group, word in WORDS.items()
        for label in listed(targets, labels, group)
    }
    projects: dict[str, list[str]] = {}
    for label in sorted({*listed(targets, labels, TARGETS), *words}):
        projects.setdefault(project_of(package_of(label)), []).append(label)
    lines: list[str] = []
    for project, own in sorted(projects.items()):
        noun = "target" if len(own) == 1 else "targets"
        lines.append(f"//{project}: {len(own)} {noun}\n")
        lines += [f"  {words[label]:5}  {label}\n" for label in own if label in words]
    return "".join(lines)


def summary(targets: Targets, found: Mapping[str, Iterable[str]]) -> str:
    """Return how much of each group is affected, in a line."""
    parts = [
        f"{len(listed(targets, found[group], group))} of "
        f"{len(listed(targets, targets.rules, group))} {group}"
        for group in GROUPS
    ]
    return f"affected: {', '.join(parts)}."


def differing(changes: Sequence[Change], roots: Roots, fork: str) -> str:
    """Return how many files differ, in a line."""
    noun = "file differs" if len(changes) == 1 else "files differ"
    idle = ", ".join(roots.no_input)
    note = f"; no target's input: {idle}" if idle else ""
    return f"{len(changes)} {noun} from {fork[:12]}{note}."


def find(
    root: Path, history: History, changes: Sequence[Change]
) -> tuple[Targets, Roots]:
    """Return the targets of the workspace, and what changes touch at once."""
    targets = read_targets(root)
    if any(change.path == LOCK for change in changes):
        # What distributions import of each other.
        edges = read_graph(root, DISTRIBUTIONS).edges
        targets.edges.update(
            {label: edges[label] for label in edges if label.startswith("@pip")}
        )
    files = [path for path in seen_by_bazel(root) if is_starlark(path)]
    finder = Finder(history, targets, StarlarkFiles(root, tuple(files)))
    return targets, finder.find(changes)


def labels_since(root: Path, base: str, group: str) -> list[str]:
    """Return the labels of a group that are affected since a commit or branch.

    Raises:
        WorkspaceError: git or Bazel failed.
    """
    history = History.since(root, base)
    targets, roots = find(root, history, history.changes())
    return listed(targets, affected(targets, roots), group)


def main(argv: Sequence[str] | None = None) -> int:
    """Print what is affected."""
    parser = command_parser("//tools/affected", __doc__)
    parser.add_argument(
        "--base",
        default="HEAD",
        metavar="COMMIT",
        help="what to compare with: where this checkout left it; default: HEAD",
    )
    parser.add_argument("--only", choices=GROUPS, help="list these alone, by label")
    parser.add_argument(
        "--explain", action="store_true", help="print the path to a changed file"
    )
    options = parser.parse_args(sys.argv[1:] if argv is None else argv)
    try:
        root = workspace_folder()
        history = History.since(root, options.base)
        changes = history.changes()
        targets, roots = find(root, history, changes)
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    found = dict.fromkeys(GROUPS, affected(targets, roots))
    found[CHECKS] = checked(targets, roots)
    group = options.only or TARGETS
    paths = found[group]
    labels = listed(targets, paths, group)
    if options.format == "json":
        print_json(targets=[{"label": label, "path": paths[label]} for label in labels])
    elif not (options.only or options.explain):
        print(by_project(targets, paths), end="")
    else:
        for label in labels:
            print(" -> ".join(paths[label]) if options.explain else label)
    print(differing(changes, roots, history.fork), file=sys.stderr)
    print(summary(targets, found), file=sys.stderr)
    return 0


def is_starlark(path: str) -> bool:
    """Return whether Bazel reads a file as Starlark."""
    return path.endswith(".bzl") or is_build_file(path)


if __name__ == "__main__":
    sys.exit(main())
