#!/usr/bin/python3 -EsSB
"""Sends an image to a registry by its digest, then tags it, both by crane.

Invoked as: bazel run <target> -- [--repository HOST/NAME] [--tag TAG]... [crane flags]
--repository replaces the target's own, --tag adds to the target's tags. --insecure,
--platform, --verbose and --allow-nondistributable-artifacts go to every crane command,
any other argument to `crane push`. Credentials are those of Docker's usual file.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launch import Launch
from layout import LayoutError, only_descriptor

_GLOBAL = ("--allow-nondistributable-artifacts", "--insecure", "-v", "--verbose")


class PushError(Exception):
    """A push that can't begin; its text is for the user."""


@dataclass
class Order:
    """What is to be pushed where."""

    repository: str = ""
    tags: list[str] = field(default_factory=list)
    global_flags: list[str] = field(default_factory=list)
    push_flags: list[str] = field(default_factory=list)

    def read(self, arguments: Sequence[str]) -> None:
        """Take the arguments of a run into the order."""
        rest = iter(arguments)
        for argument in rest:
            name, equals, value = argument.partition("=")
            if argument in _GLOBAL:
                self.global_flags.append(argument)
            elif argument == "--platform":
                self.global_flags += [argument, _value(argument, rest)]
            elif argument in ("-t", "--tag") or (name == "--tag" and equals):
                self.tags.append(value if equals else _value(argument, rest))
            elif argument in ("-r", "--repository") or (
                name == "--repository" and equals
            ):
                self.repository = value if equals else _value(argument, rest)
            else:
                self.push_flags.append(argument)


def _value(flag: str, rest: Iterator[str]) -> str:
    value = next(rest, None)
    if value is None:
        raise PushError(f"{flag} has no value.\nFix: write the value after it.")
    return value


def _words(path: Path | None) -> list[str]:
    return path.read_text(encoding="utf-8").split() if path else []


def order_of(launch: Launch, arguments: Sequence[str]) -> Order:
    """Return what a target and the arguments of its run ask for."""
    order = Order(repository=launch.text("repository"))
    if repository_file := launch.file("repository_file"):
        text = repository_file.read_text(encoding="utf-8")
        order.repository = text.replace("\n", "")
    order.read(arguments)
    order.tags += _words(launch.file("remote_tags"))
    if not order.repository:
        raise PushError(
            "repository not set: neither the target nor the command names one.\n"
            "Fix: pass --repository HOST/NAME after --."
        )
    return order


def push(crane: str, image: Path, order: Order) -> int:
    """Send the image, then tag it; return the first exit code that isn't 0."""
    digest = only_descriptor(image)["digest"]
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as refs:
        command = [crane, "push", *order.global_flags, str(image)]
        command += [f"{order.repository}@{digest}", *order.push_flags]
        command += ["--image-refs", refs.name]
        code = subprocess.run(command, check=False).returncode
        reference = refs.read().split()
    for tag in order.tags:
        if code:
            break
        command = [crane, "tag", *order.global_flags, *reference, tag]
        code = subprocess.run(command, check=False).returncode
    return code


def main(argv: Sequence[str] | None = None) -> int:
    """Push the image of the target that was started."""
    arguments = sys.argv[1:] if argv is None else argv
    launch = Launch.read(sys.argv[0])
    crane = shutil.which("crane")
    try:
        order = order_of(launch, arguments)
        if crane is None:
            raise PushError("crane isn't on the PATH.\nFix: install crane.")
        return push(crane, launch.needed_file("image"), order)
    except (PushError, LayoutError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
