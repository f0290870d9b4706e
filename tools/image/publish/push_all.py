"""Pushes every image of the workspace that the registry lacks.

Invoked as: bazel run //tools/image:push_all [-- --registry HOST/PREFIX] [-- --delivered FILE] [-- PATTERN…]
First only plans are built and the registry is asked; then what it lacks is built and sent. So a
machine with a remote cache fetches no layer that isn't sent. An image that is there gets its tags
all the same, and what it lacks of what refers to it. What crane and skopeo say goes to stderr.
With a key, by `--key` or by COSIGN_KEY, it signs what has no signature yet.
`--stamp` is a delivery: an image that is the one of the last delivery stays as it is, and where a
later commit has been delivered `latest` stays there. `--delivered` writes what a deployment takes:
each image that the registry has now, with its digest.
Exit codes: 0 all is there; 1 something failed, which stops nothing else; 2 bad usage.

Examples:
  bazel run //tools/image:push_all
  bazel run //tools/image:push_all -- --registry registry.example/team //services/...
  bazel run //tools/image:push_all -- --key cosign.key
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from tools.image.oci.layout import Image
from tools.image.publish.client import RegistryError, run
from tools.image.publish.deliveries import Deliveries
from tools.image.publish.plan import Part, Plan
from tools.image.publish.registry import (
    Registry,
    failure_text,
    host_of,
    is_loopback,
    is_silent,
    silent_text,
)
from tools.image.publish.signing import Signer
from tools.image.targets import Targets
from tools.workspace.bazel import Bazel
from tools.workspace.command import format_json, plain_parser
from tools.workspace.folder import WorkspaceError
from tools.workspace.git import git

REGISTRY_FLAG = "--//tools/image:registry"

# Threads that ask or send: they wait for the registry most of the time.
JOBS = 4

INTERRUPTED = 130
BROKEN = "it doesn't build"

# Every plan below patterns, of images that are pushed.
PLANS = r'kind("push_plan rule", {0}) except attr(tags, "[\[ ]no-push[,\]]", {0})'

# What was built, by its label.
type Files = Mapping[str, Path]


@dataclass(eq=False)
class Push:
    """One image on its way: what the registry lacks, by which files it is sent, what became of it."""

    plan: Plan
    lacking: tuple[Part, ...] = ()
    is_signed: bool = True
    """Whether all of it is signed, or needn't be."""
    standing: str = ""
    """The commit that delivered just this, where this one needs nothing."""
    sizes: dict[str, int] = field(default_factory=dict)
    """The bytes of each blob that is to be there in the end."""
    new: set[str] = field(default_factory=set)
    """Those of them that its repository has not had before."""
    failure: str = ""

    @property
    def has_image(self) -> bool:
        """Whether the registry has the image itself."""
        return self.plan.parts[0] not in self.lacking

    @property
    def is_done(self) -> bool:
        """Whether nothing has to be sent."""
        return self.is_signed and not self.lacking

    @property
    def new_bytes(self) -> int:
        """Return how many bytes its repository has not had before."""
        return 0 if self.failure else sum(self.sizes[digest] for digest in self.new)

    @property
    def text(self) -> str:
        """Return the line that says what became of it."""
        image, megabytes = self.plan.image, f"{self.new_bytes / 1e6:.1f} MB"
        if self.failure:
            return f"failed   {image}: {self.failure.splitlines()[-1].strip()}"
        signed = "" if self.is_signed else "; signed it"
        if not self.has_image:
            whole = sum(self.sizes.values()) / 1e6
            return f"pushed   {image}: {megabytes} of {whole:.1f} MB were new to {self.plan.repository}{signed}"
        if self.standing:
            return f"skipped  {image}: as {self.standing[:12]} delivered it"
        more = f"; sent what it lacked of its documents, {megabytes}"
        return f"skipped  {image}: the registry has it{more if self.lacking else ''}{signed}"


def read_plans(
    targets: Targets, patterns: Sequence[str]
) -> tuple[list[Plan], list[str]]:
    """Build the plans; return them, and the lines for what doesn't build or load."""
    wanted, is_whole = targets.find(PLANS.format(" + ".join(patterns)))
    built = targets.build(wanted)
    failed = [f"failed   {label}: {BROKEN}" for label in wanted if label not in built]
    failed += [] if is_whole else ["failed   packages that Bazel names above"]
    return [Plan.read(path) for _, (path,) in sorted(built.items())], failed


def ask(registry: Registry, plan: Plan, deliveries: Deliveries | None = None) -> Push:
    """Ask the registry what it lacks, and give an image that is all there its tags."""
    place = plan.repository
    try:
        if deliveries:
            tags = registry.tags(place)
            last = deliveries.last(tags)
            is_same = last and registry.digest(f"{place}:{last}") == plan.digest
            if is_same and registry.is_signed(place, plan.digest):
                return Push(replace(plan, tags=(last,)), standing=last)
            if deliveries.is_late(tags):
                plan = replace(plan, tags=plan.tags[:1])
        lacking = [
            part for part in plan.parts if not registry.digest(plan.reference(part))
        ]
        # Parts are signed in their order: that the last one is says it of all.
        is_signed = registry.is_signed(place, plan.parts[-1].digest)
        push = Push(plan, tuple(lacking), is_signed)
        if push.is_done:
            registry.tag(plan.reference(plan.parts[0]), plan.tags)
    except RegistryError as error:
        return Push(plan, failure=str(error))
    return push


def build_lacking(targets: Targets, pushes: Sequence[Push]) -> Files:
    """Build the layouts of what the registry lacks, and return them."""
    lacking = [(push, part) for push in pushes for part in push.lacking]
    labels = {part.layout for _, part in lacking}
    built = {label: paths[0] for label, paths in targets.build(labels).items()}
    for push, part in lacking:
        if part.layout in built:
            push.sizes |= Image(built[part.layout]).blob_sizes
        else:
            push.failure = BROKEN
    return built


def ask_blobs(registry: Registry, push: Push) -> None:
    """Ask which of the blobs are new to their repository."""
    push.new = registry.missing(push.plan.repository, push.sizes)


def rounds(pushes: Sequence[Push]) -> Iterator[list[Push]]:
    """Yield pushes that can go side by side, since no two of them send the same blob."""
    waiting, sent = list(pushes), set[str]()
    while waiting:
        chosen: list[Push] = []
        taken = set[str]()
        for push in waiting:
            if not (push.new - sent) & taken:
                chosen.append(push)
                taken |= push.new - sent
        yield chosen
        sent |= taken
        waiting = [push for push in waiting if push not in chosen]


def copy(skopeo: str, plan: Plan, layout: Path) -> str:
    """Send an image by skopeo; return what it said. Where it fails, the push that follows says why.

    crane can't mount a blob of a layout from another repository. skopeo can: it remembers which
    repository of a registry has which blob.
    """
    secure = str(not is_loopback(plan.repository)).lower()
    command = [skopeo, "--insecure-policy", "copy", "--all", "--preserve-digests"]
    command += [f"--dest-tls-verify={secure}", f"oci:{layout}"]
    try:
        return run([*command, f"docker://{plan.reference(plan.parts[0])}"])
    except RegistryError as error:
        return f"{error}\n"


def send(push: Push, files: Files, registry: Registry, skopeo: str) -> str:
    """Send what the registry lacks, sign it, and then the tags; return what the clients said.

    Who asks for a tag so never gets an image that nothing refers to yet, or that isn't signed.
    """
    plan = push.plan
    said: list[str] = []
    if skopeo and not push.has_image:
        said.append(copy(skopeo, plan, files[plan.parts[0].layout]))
    try:
        for part in push.lacking:
            said.append(registry.push(files[part.layout], plan.reference(part)))
        if registry.signer and not push.is_signed:
            registry.signer.sign([plan.reference(part) for part in plan.parts])
        registry.tag(plan.reference(plan.parts[0]), plan.tags)
    except RegistryError as error:
        push.failure = str(error)
        said.append(f"{error}\n")
    return "".join(said)


def send_all(
    pushes: Sequence[Push], send_one: Callable[[Push], str], jobs: int
) -> None:
    """Send everything, side by side; print what became of each image."""
    with ThreadPoolExecutor(jobs) as pool:
        for chosen in rounds(pushes):
            work = {push: pool.submit(send_one, push) for push in chosen}
            for push, future in work.items():
                sys.stderr.write(future.result())
                print(push.text, flush=True)


def push_all(
    targets: Targets,
    registry: Registry,
    patterns: Sequence[str],
    jobs: int,
    deliveries: Deliveries | None = None,
) -> tuple[int, list[Plan]]:
    """Push what the registry lacks; return the exit code, and the images that it has then."""
    plans, failed = read_plans(targets, patterns)
    if not plans and not failed:
        print(
            f"{' '.join(patterns)}: no image is pushed from there.\n"
            "Fix: name packages with a py_image, such as //services/...",
            file=sys.stderr,
        )
        return 1, []
    for line in failed:
        print(line, flush=True)
    for repository in sorted({plan.repository for plan in plans}):
        if is_silent(repository):
            print(silent_text(repository), file=sys.stderr)
            return 1, []
    with ThreadPoolExecutor(jobs) as pool:
        pushes = list(pool.map(lambda plan: ask(registry, plan, deliveries), plans))
        files = build_lacking(targets, [push for push in pushes if push.lacking])
        waiting = [push for push in pushes if not (push.is_done or push.failure)]
        list(pool.map(lambda push: ask_blobs(registry, push), waiting))
    for push in pushes:
        if push not in waiting:
            print(push.text, flush=True)
    skopeo = shutil.which("skopeo") or ""
    if not skopeo and not all(push.has_image for push in waiting):
        print(
            "skopeo isn't on the PATH: no layer is mounted from another repository.",
            file=sys.stderr,
        )
    send_all(waiting, lambda push: send(push, files, registry, skopeo), jobs)
    delivered = [push.plan for push in pushes if not push.failure]
    return report(pushes, len(failed)), delivered


def format_delivered(commit: str, plans: Sequence[Plan]) -> str:
    """Return what a deployment takes, as JSON."""
    images = [
        {
            "image": plan.image,
            "repository": plan.repository,
            "digest": plan.digest,
            "tags": plan.tags,
        }
        for plan in plans
    ]
    return format_json(commit=commit, images=images)


def report(pushes: Sequence[Push], failed: int) -> int:
    """Print the last line, and what to do about the first failure at each registry; return the exit code."""
    broken = [push for push in pushes if push.failure]
    pushed = [push for push in pushes if not push.failure and not push.has_image]
    skipped = len(pushes) - len(broken) - len(pushed)
    new = sum(push.new_bytes for push in pushes)
    print(
        f"{len(pushed)} pushed, {skipped} skipped, {len(broken) + failed} failed; "
        f"{new:,} bytes were new to their repositories"
    )
    texts: dict[str, str] = {}
    for push in broken:
        if push.failure != BROKEN:
            place = push.plan.repository
            texts.setdefault(host_of(place), failure_text(place, push.failure))
    for text in texts.values():
        print(text, file=sys.stderr)
    return 1 if broken or failed else 0


def at_least_one(text: str) -> int:
    """Return a number of jobs."""
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of 1 or more")
    return int(text)


def registry_parser(program: str, text: str | None) -> argparse.ArgumentParser:
    """Return the parser of a command that reaches a registry."""
    parser = plain_parser(program, text)
    add = parser.add_argument
    add("--crane", type=Path, required=True, help=argparse.SUPPRESS)
    add("--registry-file", type=Path, required=True, help=argparse.SUPPRESS)
    add("--registry", help="HOST or HOST/PREFIX; by default that of the flag")
    add("--bazel-flag", action="append", default=[], help="for each build")
    return parser


def reach(
    options: argparse.Namespace, *flags: str, signer: Signer | None = None
) -> tuple[Registry, Targets]:
    """Return the registry that options name, and the targets whose images go there."""
    address = options.registry or options.registry_file.read_text().strip()
    flags = (f"{REGISTRY_FLAG}={address}", *options.bazel_flag, *flags)
    registry = Registry(str(options.crane.absolute()), signer)
    return registry, Targets(Bazel.current(quiet=False), flags)


def _parser() -> argparse.ArgumentParser:
    parser = registry_parser("//tools/image:push_all", __doc__)
    add = parser.add_argument
    add("--stamp", action="store_true", help="tag with the commit and `latest`")
    add("--delivered", type=Path, metavar="FILE", help="write image, digest and tags")
    add("--key", default="", help="what to sign by: a file; by default COSIGN_KEY")
    add("--sign-again", action="store_true", help="what is signed too, by another key")
    add("--jobs", type=at_least_one, default=JOBS, help="how many pushes side by side")
    add("patterns", nargs="*", default=["//..."], help="which targets; by default all")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Push every image that the registry lacks."""
    options = _parser().parse_args(argv)
    try:
        signer = Signer.find(options.key, again=options.sign_again)
        flags = ["--stamp"] * options.stamp
        registry, targets = reach(options, *flags, signer=signer)
        root = targets.bazel.root
        deliveries = Deliveries.around(root) if options.stamp else None
        code, plans = push_all(
            targets, registry, options.patterns, options.jobs, deliveries
        )
        if options.delivered:
            commit = git(root, "rev-parse", "HEAD").strip()
            text = format_delivered(commit, plans)
            (root / options.delivered).write_text(text, encoding="utf-8")
        return code
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
