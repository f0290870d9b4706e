"""Delivers each image whose own tests and checks pass; one that is held holds no other.

  bazel run //tools/pipeline:deliver
  bazel run //tools/pipeline:deliver -- --registry registry.example/team --delivered delivered.json
  bazel run //tools/pipeline:deliver -- --only //services/shop/...

Of an image is checked and tested: the code in it, the tests of the projects that this code is from
as far as they reach it, and whichever tests reach the image's own project. A package that can't be
loaded holds the images that have code of its project. Other flags are those of //tools/image:push_all,
which sends the rest with `--stamp`.
Exit codes: 0 all is delivered; 1 an image is held, or couldn't be sent; 2 bad usage.
"""

import re
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tools.graph.dependencies import (
    FIRST_PARTY,
    QUERY_FLAGS,
    Graph,
    parse_graph,
    paths_to,
)
from tools.image.publish.push_all import PLANS
from tools.image.targets import Targets
from tools.workspace.bazel import PARTIAL_QUERY, TESTS_FAILED, Bazel, BazelError
from tools.workspace.command import plain_parser
from tools.workspace.events import Events
from tools.workspace.folder import WorkspaceError
from tools.workspace.labels import absolute_label, package_of, project_of

_CODE = ("py_binary", "py_library")
_TESTS = r'kind("_test rule", //...) except attr(tags, "[\[ ]manual[,\]]", //...)'
_BUILD_FAILED = 1
# How Bazel names a package that it leaves out of a query's answer.
_BROKEN = re.compile(r"(?:package contains errors: |error loading package ')([^':\s]*)")


def first_party(bazel: Bazel) -> tuple[Graph, list[str]]:
    """Return what the first-party targets depend on, and the packages that can't be loaded.

    Raises:
        BazelError: Bazel names no package that it left out.
    """
    flags = (*QUERY_FLAGS, "--output=streamed_jsonproto", "--keep_going")
    done = replace(bazel, quiet=True).call(
        *("query", "--noshow_progress", *flags, FIRST_PARTY),
        accepted=(0, PARTIAL_QUERY),
    )
    broken = sorted({f"//{name}" for name in _BROKEN.findall(done.stderr)})
    if done.returncode:
        print(done.stderr, end="", file=sys.stderr)
        if not broken:
            raise BazelError(
                "some packages can't be loaded, and nothing is delivered.\n"
                "Fix: what Bazel says above, then run the same command again."
            )
    return parse_graph(done.stdout), broken


def deciding(graph: Graph, plan: str, tests: Iterable[str]) -> set[str]:
    """Return what must be built, checked and passed before the image of a plan is sent.

    Args:
        graph: what the first-party targets are, and what they depend on.
        plan: the label of the image's plan.
        tests: the tests of the workspace.
    """
    inside = [plan]
    for label in inside:
        found = graph.edges.get(label, [])
        inside += [name for name in found if name in graph.edges and name not in inside]
    code = {label for label in inside if graph.classes.get(label) in _CODE}
    own = {label for label in inside if _project(label) == _project(plan)}
    projects = {_project(label) for label in code}
    over_code, over_own = paths_to(graph.edges, code), paths_to(graph.edges, own)
    return code | {
        test
        for test in tests
        if test in over_own or (test in over_code and _project(test) in projects)
    }


def _project(label: str) -> str:
    return project_of(package_of(label))


def sound(bazel: Bazel, labels: Iterable[str]) -> set[str]:
    """Build, check and test targets; return those of which nothing failed.

    Raises:
        BazelError: Bazel came to no end.
    """
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder, "events.json")
        code = bazel.show(
            *("test", "--keep_going", "--skip_incompatible_explicit_targets"),
            *("--show_result=0", f"--build_event_json_file={events}"),
            *("--", *sorted(labels)),
        )
        if code not in (0, _BUILD_FAILED, TESTS_FAILED):
            raise BazelError(
                f"bazel test ended with exit code {code}, and nothing is delivered.\n"
                "Fix: what it says above, then run the same command again."
            )
        found = Events(events.read_text(encoding="utf-8")).sound()
        return {absolute_label(label, "") for label in found}


def held_texts(
    graph: Graph,
    wanted: Mapping[str, set[str]],
    good: set[str],
    broken: Sequence[str] = (),
) -> dict[str, str]:
    """Return the line that says by what a plan's image is held, for each one that is.

    What depends on a target that failed is no cause of its own.

    Args:
        graph: what the targets depend on.
        wanted: what decides on the image of each plan.
        good: of that, what is built and passed.
        broken: packages that can't be loaded; what tests they have is not known.
    """
    texts = {}
    for plan, labels in wanted.items():
        code = [label for label in labels if graph.classes.get(label) in _CODE]
        reached = [it for label in code for it in graph.edges[label]]
        projects = {_project(label) for label in (plan, *code, *reached)}
        causes = [label for label in broken if _project(label) in projects]
        bad = labels - good
        if not causes:
            causes = sorted(it for it in bad if bad.isdisjoint(graph.edges.get(it, [])))
        if causes:
            image = plan.removesuffix("_plan")
            texts[plan] = f"held     {image}: by {', '.join(causes)}"
    return texts


def deliver(bazel: Bazel, only: str, rest: Sequence[str]) -> int:
    """Test, and send what passed; return the exit code.

    Args:
        bazel: Bazel in the workspace.
        only: the targets among which images are looked for.
        rest: what `push_all` is told besides.
    """
    targets = Targets(bazel)
    plans, _ = targets.find(PLANS.format(only))
    tests, _ = targets.find(_TESTS)
    graph, broken = first_party(bazel)
    tests = [absolute_label(label, "") for label in tests]
    wanted = {plan: deciding(graph, plan, tests) for plan in plans}
    labels = set().union(*wanted.values())
    good = sound(bazel, labels) if labels else set()
    held = held_texts(graph, wanted, good, broken)
    for package in broken:
        print(f"held     any image of {package}, which can't be loaded", flush=True)
    for text in held.values():
        print(text, flush=True)
    # Without images, it says so.
    is_red = bool(held or broken)
    shipped = [plan for plan in plans if plan not in held] if is_red else [only]
    if not shipped:
        return 1
    push = ("run", "--stamp", "//tools/image:push_all", "--", *rest)
    done = bazel.call(*push, *shipped, accepted=None)
    print(done.stdout, end="")
    return 1 if is_red else done.returncode


def main(argv: Sequence[str] | None = None) -> int:
    """Deliver."""
    parser = plain_parser("//tools/pipeline:deliver", __doc__)
    add = parser.add_argument
    add("--only", default="//...", metavar="PATTERN", help="where images are; all")
    options, rest = parser.parse_known_args(argv)
    try:
        bazel = Bazel.current(quiet=False)
        return deliver(bazel, options.only, rest)
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
