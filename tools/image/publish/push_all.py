"""Pushes every image of the workspace that the registry lacks.

Invoked as: bazel run //tools/image:push_all [-- --registry HOST/PREFIX] [-- PATTERN…]
First only digests are built and the registry is asked; then the images that it lacks are built and
sent, side by side. So a machine with a remote cache fetches no layer that isn't sent. An image that
is there gets its tags all the same. One that fails doesn't stop the others; the exit code is 1 then.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.image.publish.plans import Outcome, Plan, summary
from tools.image.publish.registry import is_silent, silent_text
from tools.image.publish.schedule import Schedule
from tools.image.publish.sending import Clients, Parcel, send
from tools.image.workspace import Workspace, WorkspaceError

REGISTRY_FLAG = "--//tools/image:registry"

# Threads that ask or send: they wait for the registry most of the time.
JOBS = 4


def parts_of(image: str) -> tuple[str, str, str, str]:
    """Return the targets that a push needs: the image, its push, and those of its referrers."""
    return (image, f"{image}_push", f"{image}_bom_push", f"{image}_provenance_push")


def tell(outcome: Outcome) -> None:
    """Print what became of an image."""
    print(outcome.text, flush=True)


def read_plans(
    workspace: Workspace, images: Sequence[str]
) -> tuple[list[Plan], list[Outcome]]:
    """Build the digests; return the plans, and the images that have none."""
    wanted = {f"{image}_plan": image for image in images}
    built = workspace.build(wanted)
    failed = [
        Outcome(image, failure="it doesn't build")
        for plan, image in wanted.items()
        if plan not in built
    ]
    files = workspace.files(built)
    return [Plan.read(path) for _, (path,) in sorted(files.items())], failed


def retag(clients: Clients, plan: Plan) -> Outcome:
    """Give an image that the registry has its tags."""
    return Outcome(plan.image, skipped=True, failure=clients.tag(plan))


def parcels_of(
    workspace: Workspace, plans: Sequence[Plan]
) -> tuple[list[Parcel], list[Outcome]]:
    """Build images and their pushes; return what can be sent, and what can't be built."""
    wanted = {label for plan in plans for label in parts_of(plan.image)}
    built = workspace.build(wanted)
    good = [plan for plan in plans if built.issuperset(parts_of(plan.image))]
    failed = [
        Outcome(plan.image, failure="it doesn't build")
        for plan in plans
        if plan not in good
    ]
    files = workspace.files(label for plan in good for label in parts_of(plan.image))
    parcels = []
    for plan in good:
        layout, push, *referrers = (files[label][0] for label in parts_of(plan.image))
        parcels.append(Parcel(plan, layout, push, tuple(referrers)))
    return parcels, failed


def send_all(clients: Clients, parcels: Sequence[Parcel], jobs: int) -> list[Outcome]:
    """Send images side by side."""
    by_image = {parcel.plan.image: parcel for parcel in parcels}
    blobs = {image: frozenset(parcel.blobs()) for image, parcel in by_image.items()}
    schedule: Schedule[str, Outcome] = Schedule(blobs, sorted(by_image))

    def work(image: str) -> Outcome:
        outcome = send(clients, by_image[image])
        tell(outcome)
        return outcome

    return schedule.run(work, lambda it: not it.failure, jobs)


def push_all(
    workspace: Workspace, clients: Clients, patterns: Sequence[str], jobs: int
) -> int:
    """Push what the registry lacks; return the exit code."""
    plans, outcomes = read_plans(workspace, workspace.images(patterns))
    for outcome in outcomes:
        tell(outcome)
    for repository in sorted({plan.repository for plan in plans}):
        if is_silent(repository):
            print(silent_text(repository), file=sys.stderr)
            return 1
    with ThreadPoolExecutor(jobs) as pool:
        there = dict(zip(plans, pool.map(clients.has, plans), strict=True))
        skipped = list(
            pool.map(
                lambda plan: retag(clients, plan), [it for it in plans if there[it]]
            )
        )
    for outcome in skipped:
        tell(outcome)
    lacking = [plan for plan in plans if not there[plan]]
    if lacking and not clients.skopeo:
        print(
            "skopeo isn't on the PATH: no layer is mounted from another repository.",
            file=sys.stderr,
        )
    parcels, broken = parcels_of(workspace, lacking)
    for outcome in broken:
        tell(outcome)
    outcomes += skipped + broken + send_all(clients, parcels, jobs)
    print(summary(outcomes))
    return 1 if any(outcome.failure for outcome in outcomes) else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Push every image that the registry lacks."""
    parser = argparse.ArgumentParser(
        prog="bazel run //tools/image:push_all --", description=__doc__
    )
    parser.add_argument("--crane", required=True, help=argparse.SUPPRESS)
    parser.add_argument(
        "--registry-file", type=Path, required=True, help=argparse.SUPPRESS
    )
    parser.add_argument(
        "--registry", help="HOST or HOST/PREFIX; by default that of the flag"
    )
    parser.add_argument(
        "--stamp", action="store_true", help="tag with the commit and `latest`"
    )
    parser.add_argument(
        "--jobs", type=int, default=JOBS, help="how many pushes side by side"
    )
    parser.add_argument(
        "--bazel-flag", action="append", default=[], help="for each build"
    )
    parser.add_argument(
        "patterns", nargs="*", default=["//..."], help="which targets; by default all"
    )
    options = parser.parse_args(argv)
    registry = options.registry or options.registry_file.read_text().strip()
    flags = [f"{REGISTRY_FLAG}={registry}", *options.bazel_flag]
    flags += ["--stamp"] if options.stamp else []
    clients = Clients.found(str(Path(options.crane).absolute()))
    try:
        return push_all(
            Workspace.current(flags),
            clients,
            options.patterns or ["//..."],
            options.jobs,
        )
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
