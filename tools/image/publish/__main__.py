"""Sends an image to a registry, and then what refers to it.

Invoked as: bazel run //services/x:push [-- --repository HOST/NAME] [-- --tag TAG]…
Each step is a push of the image rules, so credentials are those of Docker's usual file.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.image.publish.registry import interrupted_text, is_silent, silent_text


def options_of(argv: Sequence[str] | None) -> tuple[argparse.Namespace, list[str]]:
    """Return the options of this program, and those of the push alone."""
    parser = argparse.ArgumentParser(
        prog="bazel run …:push --", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("--push", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument(
        "--referrer", type=Path, action="append", help=argparse.SUPPRESS
    )
    parser.add_argument("--repository-file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument(
        "-r", "--repository", help="where to push to, in place of the target's"
    )
    return parser.parse_known_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Push the image, then what refers to it; stop at the first failure."""
    options, others = options_of(argv)
    repository = options.repository or options.repository_file.read_text().strip()
    if is_silent(repository):
        print(silent_text(repository), file=sys.stderr)
        return 1
    place = [f"--repository={repository}"]
    insecure = [it for it in others if it == "--insecure"]
    commands = [[options.push, *place, *others]]
    commands += [[referrer, *place, *insecure] for referrer in options.referrer or []]
    for command in commands:
        if code := subprocess.run(command, check=False).returncode:
            silent = is_silent(repository)
            print(
                (silent_text if silent else interrupted_text)(repository),
                file=sys.stderr,
            )
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
