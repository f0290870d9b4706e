"""Lets a check answer Bazel as a persistent worker: it imports its tool once, and forks for every request.

A child starts from the same state as a process of its own, so the results are the same.
https://bazel.build/remote/creating
"""

import io
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

FLAG = "--persistent_worker"


def read_arguments(arguments: Sequence[str]) -> list[str]:
    """Return the arguments, those in files (`@FILE`) included, one in a line."""
    found = []
    for argument in arguments:
        if argument.startswith("@"):
            found += Path(argument[1:]).read_text(encoding="utf-8").splitlines()
        else:
            found.append(argument)
    return found


def forked(check: Callable[[], int]) -> tuple[int, str]:
    """Call a function in a child; return its exit code (1 if it raised) and what it said."""
    with tempfile.TemporaryFile() as talk:
        child = os.fork()
        if not child:
            # What it starts speaks there, too.
            os.dup2(talk.fileno(), 1)
            os.dup2(talk.fileno(), 2)
            words = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8")
            sys.stdout = sys.stderr = words
            exit_code = 1
            try:
                exit_code = check()
            except BaseException:  # what a process would print, this one must
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                # Nothing of the parent's is to be cleaned up twice.
                os._exit(exit_code)
        exit_code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        talk.seek(0)
        return exit_code, talk.read().decode(errors="replace")


def serve(check: Callable[[Sequence[str]], int]) -> int:
    """Answer Bazel's requests, one JSON object a line, until it closes the pipe.

    Args:
        check: does what a request's arguments ask for, in a child of its own.
    """
    for line in sys.stdin:
        work = json.loads(line)
        arguments = read_arguments(work["arguments"])
        exit_code, output = forked(partial(check, arguments))
        answer = {"exitCode": exit_code, "output": output}
        answer["requestId"] = work.get("requestId", 0)
        print(json.dumps(answer), flush=True)
    return 0
