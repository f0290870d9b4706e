"""Sends an image to a registry, and then what refers to it; signs all of it where there is a key.

Invoked as: bazel run //services/x:push [-- --repository HOST/NAME] [-- --tag TAG]… [-- --key cosign.key]
Each step is a push of the image rules, so credentials are those of Docker's usual file.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tools.image.publish.client import RegistryError
from tools.image.publish.plan import Plan
from tools.image.publish.registry import failure_text, is_silent, silent_text
from tools.image.publish.signing import Signer, SigningError

INTERRUPTED = 130


def options_of(argv: Sequence[str] | None) -> tuple[argparse.Namespace, list[str]]:
    """Return the options of this program, and those of the image's push alone."""
    parser = argparse.ArgumentParser(
        prog="bazel run …:push --",
        description=__doc__,
        epilog="Other flags go to crane push.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--push", type=Path, action="append", help=argparse.SUPPRESS)
    add("--plan", type=Path, help=argparse.SUPPRESS)
    add("-r", "--repository", help="where to push to, in place of the target's")
    add("-t", "--tag", action="append", default=[], help="one more, as often as wanted")
    add(
        "--key",
        default="",
        help="what to sign by: a file; by default COSIGN_KEY",
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


def push(
    options: argparse.Namespace,
    plan: Plan,
    signer: Signer | None,
    others: Sequence[str],
) -> int:
    """Push the image, then what refers to it; stop at the first failure; sign it all."""
    flags = [*(f"--tag={tag}" for tag in options.tag), *others]
    for program in options.push:
        # A name without a folder, as the root package's targets have, would be looked up on the PATH.
        command = [program.absolute(), f"--repository={plan.repository}", *flags]
        code, said = run(command)
        if code:
            print(failure_text(plan.repository, said), file=sys.stderr)
            return code
        flags = [flag for flag in others if flag == "--insecure"]
    if signer:
        signer.sign([plan.reference(part) for part in plan.parts])
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Push, unless nothing answers."""
    options, others = options_of(argv)
    plan = Plan.read(options.plan)
    plan = replace(plan, repository=options.repository or plan.repository)
    if is_silent(plan.repository):
        print(silent_text(plan.repository), file=sys.stderr)
        return 1
    try:
        return push(options, plan, Signer.find(options.key), others)
    except SigningError as error:
        print(error, file=sys.stderr)
        return 2
    except RegistryError as error:
        text = failure_text(plan.repository, str(error))
        print(error, text, sep="\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
