"""What every image must be like, as lists of what is wrong."""

import importlib.util
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from tools.image.boot.rootfs import find_program
from tools.image.conformance import elf
from tools.image.layer_writer.bytecode import compile_module, compiled_path
from tools.image.oci.layout import Image
from tools.lock.audit.licences import refused_licences
from tools.lock.audit.policy import POLICY, Policy
from tools.lock.metadata import read_metadata

APP = "app/"
SHELLS = ("sh", "bash", "dash", "ash", "zsh", "busybox")

# Labels that change with a commit, and would change the digest with them.
MOVING_LABELS = (
    "org.opencontainers.image.created",
    "org.opencontainers.image.revision",
)

_TESTS = re.compile(r"(^|/)(tests?/|conftest\.py$|test_[^/]*\.py$)")
_SECRET_NAMES = re.compile(
    r"(^|/)(\.env(\..*)?|\.netrc|\.pypirc|\.git/.*|\.docker/.*|\.aws/.*|\.ssh/.*|id_(rsa|dsa|ecdsa|ed25519)"
    r"|credentials(\.json)?|.*\.(key|p12|pfx|jks|kdbx))$"
)
_MOUNT_IT = "Fix: take it out of deps and data, and mount it where the image runs"
_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")


@dataclass(frozen=True)
class Unpacked:
    """An image, and the folder that it is unpacked in."""

    image: Image
    root: Path

    @cached_property
    def files(self) -> list[str]:
        """Return the path of each file and link from the image's root, sorted."""
        return sorted(self._walk())

    def _walk(self) -> Iterator[str]:
        for folder, folders, names in os.walk(self.root):
            links = [name for name in folders if Path(folder, name).is_symlink()]
            for name in [*names, *links]:
                yield Path(folder, name).relative_to(self.root).as_posix()

    def read(self, path: str) -> bytes:
        """Return a file's content; a link has none."""
        file = self.root / path
        return b"" if file.is_symlink() else file.read_bytes()


def entrypoint(unpacked: Unpacked) -> list[str]:
    """Return what is wrong with the command that the image starts."""
    command = unpacked.image.settings.get("Entrypoint") or [""]
    program = command[0]
    path = unpacked.image.environment.get("PATH", "")
    problems = []
    if not program or program.find("/") > 0:
        problems.append(
            f'the entrypoint "{program}" is neither an absolute path nor a bare name'
        )
    elif find_program(unpacked.root, program, path) is None:
        place = "" if program.startswith("/") else " on its PATH"
        problems.append(
            f"the entrypoint {program} isn't an executable file of the image{place}"
        )
    if any(PurePosixPath(word).name in SHELLS for word in command):
        problems.append(f"the entrypoint {' '.join(command)} starts a shell")
    return problems


def user(unpacked: Unpacked) -> list[str]:
    """Return what is wrong with the user: only a number shows that it isn't root."""
    name = str(unpacked.image.settings.get("User") or "")
    number, _, group = name.partition(":")
    good = (
        number.isdigit()
        and int(number)
        and (not group or (group.isdigit() and int(group)))
    )
    return [] if good else [f'the user "{name}" isn\'t a number other than 0']


def reproducible(unpacked: Unpacked) -> list[str]:
    """Return what would change the digest where no input has changed."""
    labels = unpacked.image.settings.get("Labels") or {}
    problems = [
        f"the label {name} changes with every commit"
        for name in MOVING_LABELS
        if name in labels
    ]
    if unpacked.image.config.get("created") != "1970-01-01T00:00:00Z":
        problems.append(
            f"the time of creation is {unpacked.image.config.get('created')}"
        )
    for entry in unpacked.image.config["history"]:
        made = str(entry.get("created_by", ""))
        if "@" in made:
            problems.append(f"the history names a repository of this machine: {made}")
    return problems


def modes(unpacked: Unpacked) -> list[str]:
    """Return what runs as another user, or anyone could write to."""
    problems = []
    for path in unpacked.files:
        mode = (unpacked.root / path).lstat().st_mode
        if stat.S_ISLNK(mode):
            continue
        if mode & (stat.S_ISUID | stat.S_ISGID):
            problems.append(f"/{path} is setuid or setgid")
        if mode & stat.S_IWOTH:
            problems.append(f"/{path} is writable for everyone")
    return problems


def first_party_tests(unpacked: Unpacked) -> list[str]:
    """Return the first-party tests that went into the image."""
    return [
        f"/{path} is a test\nFix: leave it out of the program's deps and data, or move it where no tests lie"
        for path in unpacked.files
        if path.startswith(APP) and _TESTS.search(path.removeprefix(APP))
    ]


def secrets(unpacked: Unpacked) -> list[str]:
    """Return what looks like a secret: by name anywhere, by content in first-party files."""
    problems = [
        f"/{path} looks like a secret\n{_MOUNT_IT}"
        for path in unpacked.files
        if _SECRET_NAMES.search(path)
    ]
    for path in unpacked.files:
        if path.startswith(APP) and _PRIVATE_KEY.search(unpacked.read(path)):
            problems.append(f"/{path} holds a private key\n{_MOUNT_IT}")
    return problems


def size(unpacked: Unpacked, most_megabytes: float) -> list[str]:
    """Return whether the image is larger than it may be, compressed."""
    megabytes = unpacked.image.size / 1e6
    if megabytes <= most_megabytes:
        return []
    return [
        f"the image has {megabytes:.1f} MB compressed; at most {most_megabytes:g} are wanted"
    ]


def machines(unpacked: Unpacked) -> list[str]:
    """Return the compiled files that are for another processor than the image."""
    architecture = str(unpacked.image.config["architecture"])
    names = {number: name for name, number in elf.MACHINES.items()}
    problems = []
    for path in unpacked.files:
        content = unpacked.read(path)
        if not content.startswith(elf.MAGIC):
            continue
        found = elf.machine(content)
        if found != elf.MACHINES[architecture]:
            problems.append(
                f"/{path} is for {names.get(found, f'machine {found}')}, and the image for {architecture}\n"
                "Fix: depend on a distribution whose wheel for that platform holds what it says, or leave this one out"
            )
    return problems


def libraries(unpacked: Unpacked) -> list[str]:
    """Return the libraries that files of the image ask for and the image lacks."""
    problems = []
    for path in unpacked.files:
        if unpacked.read(path).startswith(elf.MAGIC):
            problems += [
                f"/{path} needs {name}" for name in elf.missing(unpacked.root, path)
            ]
    return problems


def compiled(unpacked: Unpacked) -> list[str]:
    """Return the modules that would be compiled at every start."""
    problems = []
    for path in unpacked.files:
        if not path.endswith(".py"):
            continue
        source = unpacked.read(path)
        file = unpacked.root / compiled_path(path)
        if not file.exists():
            if compile_module(path, source) is not None:
                problems.append(f"/{path} isn't compiled")
        elif file.read_bytes()[:16] != _pyc_header(source):
            problems.append(
                f"/{path} was compiled from another source, or is checked at each start"
            )
    return problems


def _pyc_header(source: bytes) -> bytes:
    return (
        importlib.util.MAGIC_NUMBER + b"\1\0\0\0" + importlib.util.source_hash(source)
    )


def licences(unpacked: Unpacked, policy: Policy) -> list[str]:
    """Return which distributions have no licence that may ship."""
    files = [file for file in unpacked.files if file.endswith(".dist-info/METADATA")]
    metadata = (read_metadata(unpacked.root / file) for file in files)
    refused = refused_licences(metadata, policy, policy.images)
    return [
        f"{name} {text}. Fix: {POLICY}, licences.images or licences.reviewed"
        for name, text in sorted(refused.items())
    ]
