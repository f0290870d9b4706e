"""Lists the targets that a change can affect, one label a line, sorted.

Invoked as: bazel run //tools/affected -- [--base COMMIT] [--only GROUP] [--explain]
A target is listed where Bazel could build it anew since the base, or refuse to; none is left out
for that, so more can be listed. What only checks could judge otherwise, since a program or a
setting of theirs changed, is listed by `--only checks`. How many there are goes to stderr.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from tools.affected.changes import Change, History
from tools.affected.seeds import LOCK, Finder, Seeds
from tools.affected.starlark_files import StarlarkFiles
from tools.affected.targets import BUILD_NAMES, Rule, Targets, read_targets
from tools.imports.graph import paths_to, read_graph
from tools.workspace.files import seen_by_bazel
from tools.workspace.folder import WorkspaceError, workspace_folder

IMAGES = ("oci_image", "oci_image_index")
# All that anything of the repository names, in whichever attribute, and what they import.
DISTRIBUTIONS = 'deps(filter("^@@?.*pip", deps(//...:*, 1)))'
CHECKS = "checks"
GROUPS: Mapping[str, Callable[[Rule], bool]] = {
    "tests": lambda rule: rule.kind.endswith("_test"),
    "images": lambda rule: rule.kind in IMAGES,
    # What `bazel run //tools/image:push_all` takes.
    "pushes": lambda rule: "image-push" in rule.tags,
    "targets": lambda _: True,
    # All that `bazel build` checks.
    CHECKS: lambda _: True,
}


def affected(targets: Targets, seeds: Seeds) -> dict[str, list[str]]:
    """Return the path from each target that is affected to the file that changed, by label."""
    if seeds.everything:
        return _all(targets, seeds.everything)
    paths = paths_to(targets.edges, seeds.reasons)
    return {
        label: [*paths[label], seeds.reasons[paths[label][-1]]]
        for label in sorted(paths)
        if label in targets.rules
    }


def checked(targets: Targets, seeds: Seeds) -> dict[str, list[str]]:
    """Return the same of each target that the checks may judge otherwise."""
    if seeds.checks and not seeds.everything:
        return _all(targets, seeds.checks)
    return affected(targets, seeds)


def _all(targets: Targets, path: str) -> dict[str, list[str]]:
    return {label: [label, path] for label in sorted(targets.rules)}


def listed(targets: Targets, labels: Iterable[str], group: str) -> list[str]:
    """Return those labels of a group that `//...` has."""
    rules = (targets.rules[label] for label in labels)
    belongs = GROUPS[group]
    return [it.label for it in rules if belongs(it) and not it.is_manual]


def summary(targets: Targets, found: Mapping[str, Iterable[str]]) -> str:
    """Return how much of each group is affected, in a line."""
    parts = [
        f"{len(listed(targets, found[group], group))} of "
        f"{len(listed(targets, targets.rules, group))} {group}"
        for group in GROUPS
    ]
    return f"affected: {', '.join(parts)}."


def differing(changes: Sequence[Change], seeds: Seeds, fork: str) -> str:
    """Return how many files differ, in a line."""
    noun = "file differs" if len(changes) == 1 else "files differ"
    idle = ", ".join(seeds.no_input)
    note = f"; no target's input: {idle}" if idle else ""
    return f"{len(changes)} {noun} from {fork[:12]}{note}."


def main(argv: Sequence[str] | None = None) -> int:
    """Print what is affected."""
    parser = argparse.ArgumentParser(prog="bazel run //tools/affected --")
    parser.add_argument(
        "--base",
        default="HEAD",
        metavar="COMMIT",
        help="what to compare with: where this checkout left it; default: HEAD",
    )
    parser.add_argument(
        "--only", choices=GROUPS, default="targets", help="list these alone"
    )
    parser.add_argument(
        "--explain", action="store_true", help="print the path to a changed file"
    )
    options = parser.parse_args(sys.argv[1:] if argv is None else argv)
    try:
        root = workspace_folder()
        history = History.since(root, options.base)
        changes = history.changes()
        targets = read_targets(root)
        if any(change.path == LOCK for change in changes):
            # What distributions import of each other.
            distributions = read_graph(root, DISTRIBUTIONS).edges
            targets.edges.update(
                {it: distributions[it] for it in distributions if it.startswith("@pip")}
            )
        files = [path for path in seen_by_bazel(root) if is_starlark(path)]
        finder = Finder(history, targets, StarlarkFiles(root, tuple(files)))
        seeds = finder.find(changes)
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    found = dict.fromkeys(GROUPS, affected(targets, seeds))
    found[CHECKS] = checked(targets, seeds)
    paths = found[options.only]
    for label in listed(targets, paths, options.only):
        print(" -> ".join(paths[label]) if options.explain else label)
    print(differing(changes, seeds, history.fork), file=sys.stderr)
    print(summary(targets, found), file=sys.stderr)
    return 0


def is_starlark(path: str) -> bool:
    """Return whether Bazel reads a file as Starlark."""
    return path.endswith(".bzl") or path.rpartition("/")[2] in BUILD_NAMES


if __name__ == "__main__":
    sys.exit(main())
