"""Checks the types of targets: of one, or of each that Bazel asks a worker for.

A worker imports mypy and reads the lock's archive once, and forks for every request: a
child starts from the same state as a process of its own, so the results are the same.
https://bazel.build/remote/creating
"""

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import cast

from mypy.options import Options

from tools.checks.typed.analysis import read_settings
from tools.checks.typed.archive import Archive
from tools.checks.typed.request import MypyError, check, parse_request

WORKER_FLAG = "--persistent_worker"


# A file that is another one has another digest.
type Input = tuple[str, str]


@cache
def _archive(file: Input) -> Archive:
    return Archive(Path(file[0]))


@cache
def _settings(file: Input) -> Options:
    return read_settings(Path(file[0]))


def read_arguments(arguments: Sequence[str]) -> list[str]:
    """Return the arguments, those in files (`@FILE`) included."""
    found = []
    for argument in arguments:
        if argument.startswith("@"):
            found += Path(argument[1:]).read_text(encoding="utf-8").splitlines()
        else:
            found.append(argument)
    return found


def run(arguments: Sequence[str]) -> int:
    """Check one target in this process."""
    request = parse_request(read_arguments(arguments))
    try:
        archives = [Archive(Path(path)) for path in request.below]
        check(request, archives, read_settings(request.settings))
    except MypyError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run_forked(arguments: Sequence[str], digests: Mapping[str, str]) -> tuple[int, str]:
    """Check one target in a child; return its exit code and what it said."""
    request = parse_request(read_arguments(arguments))
    settings = str(request.settings)
    lock = request.below[-1:]
    options = _settings((settings, digests.get(settings, "")))
    warm = [_archive((path, digests.get(path, ""))) for path in lock]
    with tempfile.TemporaryFile() as talk:
        child = os.fork()
        if not child:
            os.dup2(talk.fileno(), 1)
            os.dup2(talk.fileno(), 2)
            exit_code = 1
            try:
                archives = [Archive(Path(path)) for path in request.below[:-1]]
                check(request, [*archives, *warm], options)
                exit_code = 0
            except MypyError as error:
                print(error, file=sys.stderr)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                # Nothing of the parent's is to be cleaned up twice.
                os._exit(exit_code)
        exit_code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        talk.seek(0)
        return exit_code, talk.read().decode(errors="replace")


def serve() -> int:
    """Answer Bazel's requests, one JSON object a line, until it closes the pipe."""
    for line in sys.stdin:
        work = json.loads(line)
        inputs = cast("list[dict[str, str]]", work.get("inputs", []))
        digests = {entry["path"]: entry.get("digest", "") for entry in inputs}
        exit_code, output = run_forked(work["arguments"], digests)
        answer = {"exitCode": exit_code, "output": output}
        answer["requestId"] = work.get("requestId", 0)
        print(json.dumps(answer), flush=True)
    return 0


def main(argv: Sequence[str]) -> int:
    """Serve, or check one target."""
    return serve() if WORKER_FLAG in argv else run(argv)
