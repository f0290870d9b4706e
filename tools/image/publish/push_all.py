"""Pushes every image of the workspace that the registry lacks.

Invoked as: bazel run //tools/image:push_all [-- --registry HOST/PREFIX] [-- PATTERN…]
First only digests are built and the registry is asked; then the images that it lacks are built and
sent, side by side. So a machine with a remote cache fetches no layer that isn't sent. An image that
is there gets its tags all the same, and what it lacks of what refers to it. One that fails doesn't
stop the others; the exit code is 1 then.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools.image.publish.plans import Outcome, Plan, summary
from tools.image.publish.registry import failure_text, host_of, is_silent, silent_text
from tools.image.publish.schedule import Schedule
from tools.image.publish.sending import (
    Clients,
    Parcel,
    Referrer,
    RegistryError,
    attach,
    send,
)
from tools.image.workspace import Workspace, WorkspaceError

REGISTRY_FLAG = "--//tools/image:registry"

# Threads that ask or send: they wait for the registry most of the time.
JOBS = 4


# What refers to an image, in the order of its plan.
KINDS = ("bom", "provenance")

INTERRUPTED = 130
BROKEN = "it doesn't build"


@dataclass(frozen=True)
class Known:
    """What a registry has of a plan."""

    plan: Plan
    has: bool = False
    lacking: tuple[str, ...] = ()
    """The kinds of documents that it hasn't, of an image that it has."""
    failure: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether nothing is to be sent: all is there, or the registry refuses."""
        return bool(self.failure) or (self.has and not self.lacking)

    def parts(self) -> list[str]:
        """Return the targets that sending the rest needs."""
        image = self.plan.image
        kinds = self.lacking if self.has else KINDS
        own = [] if self.has else [image, f"{image}_push"]
        return own + [
            f"{image}_{kind}_{part}" for kind in kinds for part in ("referrer", "push")
        ]


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
        Outcome(image, failure=BROKEN)
        for plan, image in wanted.items()
        if plan not in built
    ]
    files = workspace.files(built)
    return [Plan.read(path) for _, (path,) in sorted(files.items())], failed


def ask(clients: Clients, plan: Plan) -> Known:
    """Ask the registry what it has, and give an image that is there its tags."""
    try:
        if not clients.has(plan.reference):
            return Known(plan)
        references = [f"{plan.repository}@{digest}" for digest in plan.referrers]
        pairs = zip(KINDS, references, strict=True)
        lacking = tuple(kind for kind, it in pairs if not clients.has(it))
    except RegistryError as error:
        return Known(plan, failure=str(error))
    return Known(plan, has=True, lacking=lacking, failure=clients.tag(plan))


def parcel_of(known: Known, files: Mapping[str, Sequence[Path]]) -> Parcel:
    """Return what sends the rest; of an image that is there, `layout` and `push` are empty."""
    paths = [files[label][0] for label in known.parts()]
    layout, push = (Path(), Path()) if known.has else (paths.pop(0), paths.pop(0))
    pairs = zip(paths[::2], paths[1::2], strict=True)
    referrers = tuple(Referrer(folder, program) for folder, program in pairs)
    return Parcel(known.plan, layout, push, referrers)


def parcels_of(
    workspace: Workspace, lacking: Sequence[Known]
) -> tuple[list[Parcel], list[Parcel], list[Outcome]]:
    """Build what the registry lacks.

    Returns:
        the images to send, those of which documents alone are sent, and what can't be built.
    """
    built = workspace.build({label for known in lacking for label in known.parts()})
    good = [known for known in lacking if built.issuperset(known.parts())]
    failed = [
        Outcome(known.plan.image, failure=BROKEN)
        for known in lacking
        if known not in good
    ]
    files = workspace.files(label for known in good for label in known.parts())
    images = [parcel_of(known, files) for known in good if not known.has]
    documents = [parcel_of(known, files) for known in good if known.has]
    return images, documents, failed


def attach_all(parcels: Sequence[Parcel], jobs: int) -> list[Outcome]:
    """Send what images that are there lack of their documents."""

    def work(parcel: Parcel) -> Outcome:
        outcome = Outcome(parcel.plan.image, skipped=True)
        attach(parcel.plan, parcel.referrers, outcome)
        tell(outcome)
        return outcome

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(work, parcels))


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
    images, is_whole = workspace.loadable_images(patterns)
    if not images:
        print(
            f"{' '.join(patterns)}: no image is pushed from there.\n"
            "Fix: name packages with a py_image, such as //services/...",
            file=sys.stderr,
        )
        return 1
    plans, outcomes = read_plans(workspace, images)
    for outcome in outcomes:
        tell(outcome)
    for repository in sorted({plan.repository for plan in plans}):
        if is_silent(repository):
            print(silent_text(repository), file=sys.stderr)
            return 1
    with ThreadPoolExecutor(jobs) as pool:
        known = list(pool.map(partial(ask, clients), plans))
    done = [
        Outcome(it.plan.image, skipped=it.has, failure=it.failure)
        for it in known
        if it.is_settled
    ]
    for outcome in done:
        tell(outcome)
    lacking = [it for it in known if not it.is_settled]
    if not clients.skopeo and not all(it.has for it in lacking):
        print(
            "skopeo isn't on the PATH: no layer is mounted from another repository.",
            file=sys.stderr,
        )
    parcels, documents, broken = parcels_of(workspace, lacking)
    for outcome in broken:
        tell(outcome)
    outcomes += done + broken + attach_all(documents, jobs)
    outcomes += send_all(clients, parcels, jobs)
    print(summary(outcomes))
    for text in advice(plans, outcomes):
        print(text, file=sys.stderr)
    return 0 if is_whole and not any(it.failure for it in outcomes) else 1


def advice(plans: Sequence[Plan], outcomes: Sequence[Outcome]) -> list[str]:
    """Return what to do about the first failure at each registry."""
    places = {plan.image: plan.repository for plan in plans}
    texts: dict[str, str] = {}
    for outcome in outcomes:
        if outcome.failure and outcome.failure != BROKEN and outcome.image in places:
            place = places[outcome.image]
            texts.setdefault(host_of(place), failure_text(place, outcome.failure))
    return list(texts.values())


def at_least_one(text: str) -> int:
    """Return a number of jobs."""
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of 1 or more")
    return int(text)


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
        "--jobs", type=at_least_one, default=JOBS, help="how many pushes side by side"
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
    except KeyboardInterrupt:
        print(
            "Interrupted. The same command again sends only what is missing.",
            file=sys.stderr,
        )
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
