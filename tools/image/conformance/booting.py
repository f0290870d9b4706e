"""Boots the image under test: as PID 1, read-only, not as root, with nothing but its own files."""

import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tools.image.boot.rootfs import unpack
from tools.image.boot.sandbox import (
    Boot,
    BootError,
    Machine,
    booted,
    check_namespaces,
)
from tools.image.oci.layout import Image

# What the interpreter says, under PYTHONVERBOSE, of a module that it had to compile.
COMPILED_AT_START = "# code object from /"

# What it says of one that it found compiled.
FOUND_COMPILED = "# code object from '/"

# Leaves out the tests that boot images.
_FILTER = "--test_tag_filters=-requires-user-namespaces"

_POLL = 0.01


@dataclass(frozen=True)
class Serving:
    """A booted service: where it answers, and how long it took to."""

    boot: Boot
    url: str
    seconds: float
    talk: Path

    def said(self) -> list[str]:
        """Return the lines that it has printed so far."""
        return self.talk.read_text("utf-8", errors="replace").splitlines()


def require_namespaces(bwrap: str) -> None:
    """Fail the test, by one sentence and never a silent skip, where nothing can be booted."""
    refusal = None
    try:
        check_namespaces(bwrap)
    except BootError as error:
        refusal = error
    if refusal:
        pytest.fail(f"{refusal}\nOr leave these tests out: {_FILTER}", pytrace=False)


def unpacked_machine(folder: Path, emulator: str = "") -> Machine:
    """Unpack the image in $IMAGE; $BWRAP boots it, and an emulator runs it where it is for another processor."""
    bwrap = os.path.abspath(os.environ["BWRAP"])
    require_namespaces(bwrap)
    image = Image(Path(os.environ["IMAGE"]))
    unpack(image, folder)
    return Machine(bwrap, image, folder, emulator=emulator)


def wait_for(url: str, boot: Boot, patience: float) -> None:
    """Wait until a service answers 200; raise where it ends before, or is too slow."""
    end = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(url, timeout=patience):  # noqa: S310 (ours)
                return
        except urllib.error.HTTPError as error:
            error.close()
        except OSError, http.client.HTTPException:
            pass
        if boot.process.poll() is not None:
            raise AssertionError(
                f"it ended with {boot.process.returncode} before {url} answered"
            )
        if time.monotonic() > end:
            raise AssertionError(f"{url} has not answered after {patience} seconds")
        time.sleep(_POLL)


@contextmanager
def serving(
    machine: Machine,
    environment: Mapping[str, str],
    url: str,
    talk: Path,
    patience: float = 60,
) -> Iterator[Serving]:
    """Boot a service with its own command, and wait until it answers.

    Args:
      machine: the unpacked image.
      environment: what is set besides the image's own, such as the port.
      url: what must answer 200.
      talk: the file that takes what it prints.
      patience: how long it may take to answer, in seconds.
    """
    changed = replace(machine, environment={**machine.environment, **environment})
    with talk.open("wb") as output:
        started = time.monotonic()
        number = output.fileno()
        with booted(
            changed, machine.image.command, stdout=number, stderr=number
        ) as boot:
            wait_for(url, boot, patience)
            yield Serving(boot, url, time.monotonic() - started, talk)
