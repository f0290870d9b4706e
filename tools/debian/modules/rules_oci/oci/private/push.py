#!/usr/bin/python3 -EsSB
"""Sends an image to a registry by its digest, then tags it, both by crane.

Invoked as: bazel run <target> -- [--repository HOST/NAME] [--tag TAG]... [crane flags]
--repository replaces the target's own, --tag adds to the target's tags. --insecure,
--platform, --verbose and --allow-nondistributable-artifacts go to every crane command,
any other argument to `crane push`. Credentials are those of Docker's usual file.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from launch import Launch
from layout import LayoutError, only_descriptor


class PushError(Exception):
    """A push that can't begin; its text is for the user."""


def options_of(
    launch: Launch, arguments: Sequence[str]
) -> tuple[argparse.Namespace, list[str]]:
    """Return what a target and the arguments of its run ask for, and flags of `crane push` alone."""
    parser = argparse.ArgumentParser(
        prog="bazel run <target> --", allow_abbrev=False, add_help=False
    )
    add = parser.add_argument
    add("-r", "--repository", default=launch.text("repository"))
    add("-t", "--tag", dest="tags", action="append", default=[])
    add("--platform")
    # What each command takes.
    flag = partial(add, dest="flags", action="append_const", default=[])
    flag(
        "--allow-nondistributable-artifacts", const="--allow-nondistributable-artifacts"
    )
    flag("--insecure", const="--insecure")
    flag("-v", "--verbose", const="--verbose")
    repository_file = launch.file("repository_file")
    if repository_file:
        own = repository_file.read_text(encoding="utf-8").replace("\n", "")
        parser.set_defaults(repository=own)
    options, rest = parser.parse_known_args(arguments)
    options.flags += ["--platform", options.platform] if options.platform else []
    tags = launch.file("remote_tags")
    options.tags += tags.read_text(encoding="utf-8").split() if tags else []
    if not options.repository:
        raise PushError(
            "repository not set: neither the target nor the command names one.\n"
            "Fix: pass --repository HOST/NAME after --."
        )
    return options, rest


def push(
    crane: str, image: Path, options: argparse.Namespace, rest: Sequence[str]
) -> int:
    """Send the image, then tag it; return the first exit code that isn't 0."""
    digest = only_descriptor(image)["digest"]
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as refs:
        command = [crane, "push", *options.flags, str(image)]
        command += [f"{options.repository}@{digest}", *rest]
        command += ["--image-refs", refs.name]
        code = subprocess.run(command, check=False).returncode
        reference = refs.read().split()
    for tag in options.tags:
        if code:
            break
        command = [crane, "tag", *options.flags, *reference, tag]
        code = subprocess.run(command, check=False).returncode
    return code


def main(argv: Sequence[str] | None = None) -> int:
    """Push the image of the target that was started."""
    arguments = sys.argv[1:] if argv is None else argv
    launch = Launch.read(sys.argv[0])
    crane = shutil.which("crane")
    try:
        options, rest = options_of(launch, arguments)
        if crane is None:
            raise PushError("crane isn't on the PATH.\nFix: install crane.")
        return push(crane, launch.needed_file("image"), options, rest)
    except (PushError, LayoutError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
