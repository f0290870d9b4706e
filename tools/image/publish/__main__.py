"""Sends an image to a registry, and then what refers to it.

Invoked as: bazel run //services/x:push [-- --repository HOST/NAME] [-- --tag TAG]…
Each step is a push of the image rules, so credentials are those of Docker's usual file.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.image.publish.registry import failure_text, is_silent, silent_text

INTERRUPTED = 130


def options_of(argv: Sequence[str] | None) -> tuple[argparse.Namespace, list[str]]:
    """Return the options of this program, and those of the push alone."""
    parser = argparse.ArgumentParser(
        prog="bazel run …:push --",
        description=__doc__,
        epilog="Other flags go to crane push.",
        allow_abbrev=False,
    )
    parser.add_argument("--push", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument(
        "--referrer", type=Path, action="append", help=argparse.SUPPRESS
    )
    parser.add_argument("--repository-file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument(
        "-r", "--repository", help="where to push to, in place of the target's"
    )
    parser.add_argument(
        "-t",
        "--tag",
        action="append",
        default=[],
        help="one more tag, any number of times",
    )
    return parser.parse_known_args(argv)


def run(command: Sequence[str | Path]) -> tuple[int, str]:
    """Run a push; return its exit code, and what it said on stderr, which is passed on."""
    said = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stderr or ():
            sys.stderr.write(line)
            said.append(line)
    return process.returncode, "".join(said)


def push(options: argparse.Namespace, repository: str, others: Sequence[str]) -> int:
    """Push the image, then what refers to it; stop at the first failure."""
    place = f"--repository={repository}"
    tags = [f"--tag={tag}" for tag in options.tag]
    insecure = [it for it in others if it == "--insecure"]
    # A name without a folder, as the root package's targets have, would be looked up on the PATH.
    commands = [[options.push.absolute(), place, *tags, *others]]
    for referrer in options.referrer or []:
        commands.append([referrer.absolute(), place, *insecure])
    for command in commands:
        code, said = run(command)
        if code:
            print(failure_text(repository, said), file=sys.stderr)
            return code
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Push, unless nothing answers."""
    options, others = options_of(argv)
    repository = options.repository or options.repository_file.read_text().strip()
    if is_silent(repository):
        print(silent_text(repository), file=sys.stderr)
        return 1
    try:
        return push(options, repository, others)
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
