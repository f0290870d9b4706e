#!/usr/bin/python3 -EsSB
"""Loads an image into a container engine, or writes the archive that one would read.

Invoked as: bazel run <target>, or by an action with
  load.py --image=LAYOUT --format=docker|oci --repo_tags=FILE --output=ARCHIVE
The engine is the target's `loader`, else the first of docker, podman and nerdctl on the
PATH.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import archive
from launch import Launch
from layout import LayoutError

_ENGINES = ("docker", "podman", "nerdctl")


def find_engine(loader: Path | None) -> str | None:
    """Return the program to load with, None where there is none."""
    if loader:
        return str(loader)
    return next((path for name in _ENGINES if (path := shutil.which(name))), None)


def load(engine: str, content: Sequence[archive.Member]) -> int:
    """Stream the archive into `ENGINE load` and return the engine's exit code."""
    read_end, write_end = os.pipe()
    command = [engine, "load", "--input", f"/dev/fd/{read_end}"]
    with subprocess.Popen(command, pass_fds=[read_end]) as process:
        os.close(read_end)
        try:
            with os.fdopen(write_end, "wb") as stream:
                archive.write(stream, content)
        except BrokenPipeError:
            # The engine has ended before it read all; its own words say why.
            print(f"{engine} stopped reading the image.", file=sys.stderr)
            return process.wait() or 1
    return process.returncode


def _tags(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split()


def run(launch: Launch) -> int:
    """Load the image of the target that was started."""
    image, tags = launch.needed_file("image"), launch.needed_file("repo_tags")
    engine = find_engine(launch.file("loader"))
    if engine is None:
        print(
            "no container engine was found: none of docker, podman and nerdctl is on "
            "the PATH of Bazel's root, which an engine outside of it never is.\n"
            f"Fix: bazel build --output_groups=tarball {launch.text('label')}, then docker load "
            "--input the archive that it names; or give the oci_load a loader.",
            file=sys.stderr,
        )
        return 1
    return load(engine, archive.members(image, launch.text("format"), _tags(tags)))


def pack(arguments: Sequence[str]) -> int:
    """Write the archive that the arguments describe."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    for name in ("image", "repo_tags", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--format", choices=("docker", "oci"), required=True)
    options = parser.parse_args(arguments)
    content = archive.members(options.image, options.format, _tags(options.repo_tags))
    with options.output.open("wb") as stream:
        archive.write(stream, content)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Pack where an action asks for it by arguments, load where a person runs it."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        if any(word.startswith("--output=") for word in arguments):
            return pack(arguments)
        return run(Launch.read(sys.argv[0]))
    except LayoutError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
