"""Checks the types of targets: of one, or of each that Bazel asks a worker for.

A worker imports mypy and reads the lock's archive once: see //tools/checks:worker.
"""

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from mypy.options import Options

from tools.checks.typed.analysis import read_settings
from tools.checks.typed.archive import Archive
from tools.checks.typed.request import MypyError, Request, check, parse_request
from tools.checks.worker import FLAG, Answer, forked, read_arguments, serve

# A file that is another one has another digest.
type Input = tuple[str, str]


@cache
def _archive(file: Input) -> Archive:
    return Archive(Path(file[0]))


@cache
def _settings(file: Input) -> Options:
    return read_settings(Path(file[0]))


def checked(request: Request, warm: Sequence[Archive], settings: Options) -> int:
    """Check one target and return the exit code; the last of its archives may be open already."""
    cold = request.below[: len(request.below) - len(warm)]
    try:
        check(request, [*(Archive(Path(path)) for path in cold), *warm], settings)
    except MypyError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def handle(arguments: Sequence[str], digests: Mapping[str, str]) -> Answer:
    """Check one target in a child, from what this process has read."""
    request = parse_request(arguments)
    settings = str(request.settings)
    options = _settings((settings, digests.get(settings, "")))
    lock = [_archive((path, digests.get(path, ""))) for path in request.below[-1:]]
    return forked(lambda: checked(request, lock, options))


def main(argv: Sequence[str]) -> int:
    """Serve, or check one target."""
    if FLAG in argv:
        return serve(handle)
    request = parse_request(read_arguments(argv))
    return checked(request, [], read_settings(request.settings))
