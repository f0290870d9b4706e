"""Runs clients of registries: crane, skopeo, cosign."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class RegistryError(Exception):
    """What a registry refuses, in the words of a client."""


def run(
    command: Sequence[str | Path], environment: Mapping[str, str] | None = None
) -> str:
    """Run a client; return what it said on either stream.

    Args:
      command: its command line.
      environment: its environment; by default this program's own.

    Raises:
      RegistryError: it failed.
    """
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RegistryError(done.stdout.strip() or "it said nothing")
    return done.stdout
