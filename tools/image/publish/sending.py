"""Sends one image: its blobs by skopeo, which mounts what another repository has; then by its push.

crane, which the push runs, can't mount blobs of a layout folder into another repository. skopeo can:
it remembers which repository of a registry has which blob. Without skopeo the push sends them all.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.image.layout import Image
from tools.image.publish.plans import Outcome, Plan
from tools.image.publish.registry import LOOPBACK, host_of, is_absent

_DIGEST = r"sha256(?::|%3A)([0-9a-f]{64})"
_SKOPEO_SENT = re.compile(rf"Upload of layer {_DIGEST} complete")
_SKOPEO_MOUNT = re.compile(rf"Trying to mount \S*mount={_DIGEST}")
_SKOPEO_THERE = re.compile(rf"Skipping blob {_DIGEST}")
_CRANE_SENT = re.compile(rf"pushed blob: {_DIGEST}")
_CRANE_THERE = re.compile(rf"existing blob: {_DIGEST}")


class RegistryError(Exception):
    """A registry doesn't say whether it has an image; the text is what a client said."""


@dataclass(frozen=True)
class Clients:
    """The programs that talk to registries; skopeo may be missing."""

    crane: str
    skopeo: str = ""

    @classmethod
    def found(cls, crane: str) -> Clients:
        """Return what this machine has."""
        return cls(crane, shutil.which("skopeo") or "")

    def has(self, reference: str) -> bool:
        """Return whether a registry has an image, or what refers to one.

        Raises:
            RegistryError: it says neither.
        """
        done = run([self.crane, "digest", reference])
        if done.returncode and not is_absent(done.stdout):
            raise RegistryError(last_line(done.stdout))
        return done.returncode == 0

    def tag(self, plan: Plan) -> str:
        """Give the image its tags; return what is wrong."""
        for tag in plan.tags:
            done = run([self.crane, "tag", plan.reference, tag])
            if done.returncode:
                return last_line(done.stdout)
        return ""


@dataclass(frozen=True)
class Referrer:
    """What sends a document that refers to an image: its layout folder, and its push."""

    layout: Path
    push: Path


def blobs_of(layout: Path) -> dict[str, int]:
    """Return the size of each blob that a layout's manifest names, by its bare digest."""
    manifest = Image(layout).manifest
    parts = [manifest["config"], *manifest["layers"]]
    return {it["digest"].partition(":")[2]: it["size"] for it in parts}


@dataclass(frozen=True)
class Parcel:
    """What sends one image: its layout folder, its push, and what refers to it."""

    plan: Plan
    layout: Path
    push: Path
    referrers: tuple[Referrer, ...]

    def blobs(self) -> dict[str, int]:
        """Return the size of each blob of the image, by its bare digest."""
        return blobs_of(self.layout)


# Where a program looks for its runfiles before it looks beside itself.
_RUNFILES = ("RUNFILES_DIR", "RUNFILES_MANIFEST_FILE")


def _environment(program: str | Path) -> dict[str, str]:
    """Return what a program is started with: a target of its own has other runfiles than this one."""
    has_own = Path(f"{program}.runfiles").is_dir()
    left_out = _RUNFILES if has_own else ()
    return {name: it for name, it in os.environ.items() if name not in left_out}


def run(command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a client or a push; what it says on either stream is the result."""
    return subprocess.run(
        command,
        env=_environment(command[0]),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def last_line(text: str) -> str:
    """Return what a client said last: its reason."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"


def send(clients: Clients, parcel: Parcel) -> Outcome:
    """Send an image and what refers to it."""
    outcome = Outcome(parcel.plan.image)
    if clients.skopeo:
        _copy(clients.skopeo, parcel, outcome)
    done = run([parcel.push, f"--repository={parcel.plan.repository}"])
    if done.returncode:
        outcome.failure = last_line(done.stdout)
        return outcome
    _note_push(done.stdout, parcel, outcome)
    return attach(parcel.plan, parcel.referrers, outcome)


def attach(plan: Plan, referrers: Sequence[Referrer], outcome: Outcome) -> Outcome:
    """Send what refers to an image that the registry has, up to the first failure."""
    for referrer in referrers:
        done = run([referrer.push, f"--repository={plan.repository}"])
        if done.returncode:
            outcome.failure = last_line(done.stdout)
            break
        blobs = blobs_of(referrer.layout)
        for digest in set(_CRANE_SENT.findall(done.stdout)) & blobs.keys():
            outcome.sent[digest] = blobs[digest]
    return outcome


def _copy(skopeo: str, parcel: Parcel, outcome: Outcome) -> None:
    """Send blobs by skopeo; where that fails, the push says why, or succeeds by itself."""
    secure = host_of(parcel.plan.repository).rpartition(":")[0] not in LOOPBACK
    command = [skopeo, "--debug", "--insecure-policy", "copy", "--preserve-digests"]
    command += [f"--dest-tls-verify={str(secure).lower()}", f"oci:{parcel.layout}"]
    done = run([*command, f"docker://{parcel.plan.reference}"])
    blobs = parcel.blobs()
    tried = set(_SKOPEO_MOUNT.findall(done.stdout))
    sent = set(_SKOPEO_SENT.findall(done.stdout))
    for digest in sent & blobs.keys():
        outcome.sent[digest] = blobs[digest]
    for digest in set(_SKOPEO_THERE.findall(done.stdout)) & blobs.keys() - sent:
        kind = outcome.mounted if digest in tried else outcome.present
        kind[digest] = blobs[digest]


def _note_push(said: str, parcel: Parcel, outcome: Outcome) -> None:
    """Count what the push itself sent, besides what skopeo has told."""
    blobs = parcel.blobs()
    for digest in set(_CRANE_SENT.findall(said)) & blobs.keys():
        outcome.sent[digest] = blobs[digest]
    known = outcome.sent.keys() | outcome.mounted.keys()
    for digest in set(_CRANE_THERE.findall(said)) & blobs.keys() - known:
        outcome.present[digest] = blobs[digest]
