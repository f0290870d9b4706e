"""What a person asks of a boot, by its command line."""

import argparse
import os
from argparse import ArgumentTypeError
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_PROG = "bazel run //FOLDER:image.run --"


@dataclass(frozen=True)
class Options:
    """An image, and how it is to be booted."""

    bwrap: str
    image: Path
    environment: Mapping[str, str]
    # Folders of this machine that the image may write to, by their place in it.
    volumes: Mapping[str, Path]
    # What to start in place of the image's own command; empty for that one.
    command: Sequence[str]


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise ArgumentTypeError(f"{text!r} is no variable, wanted NAME=VALUE")
    return name, value


def _volume(text: str) -> tuple[str, Path]:
    folder, _, place = text.rpartition(":")
    parts = PurePosixPath(place).parts
    if not folder or parts[:1] != ("/",) or len(parts) < 2 or ".." in parts:
        raise ArgumentTypeError(
            f"{text!r} is no volume, wanted FOLDER:PLACE with an absolute PLACE in the image"
        )
    # `bazel run` starts programs in their runfiles.
    path = Path(os.environ.get("BUILD_WORKING_DIRECTORY", ""), folder).resolve()
    if not path.is_dir():
        raise ArgumentTypeError(
            f"{text!r} names no folder of this machine. Fix: mkdir -p {path}"
        )
    return place, path


def parse(description: str | None, argv: Sequence[str] | None) -> Options:
    """Return what the command line asks for; end the program where it can't be.

    Args:
      description: what the program does.
      argv: the command line; by default this process's.
    """
    parser = argparse.ArgumentParser(prog=_PROG, description=description)
    hidden = argparse.SUPPRESS
    parser.add_argument("--bwrap", required=True, help=hidden)
    parser.add_argument("--image", type=Path, required=True, help=hidden)
    parser.add_argument("--default-command", action="append", default=[], help=hidden)
    for name, form, read in (
        ("--env", "NAME=VALUE", _variable),
        ("--volume", "FOLDER:PLACE", _volume),
    ):
        parser.add_argument(name, type=read, action="append", default=[], metavar=form)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(argv)
    # A second `--`, as other programs want it before a command.
    command = options.command[options.command[:1] == ["--"] :]
    return Options(
        options.bwrap,
        options.image.resolve(),
        dict(options.env),
        dict(options.volume),
        command or options.default_command,
    )
