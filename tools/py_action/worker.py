"""Answers Bazel as a persistent worker: the program is imported once, and forks for every request.

A child starts from the same state as a process of its own, so the results are the same.
https://bazel.build/remote/creating
"""

import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial


def forked(check: Callable[[], int]) -> tuple[int, str]:
    """Call a function in a child; return its exit code (1 if it raised) and what it said."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        # What it starts speaks there, too, and doesn't read what Bazel asks.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(writer, 1)
        os.dup2(writer, 2)
        os.close(writer)
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
    os.close(writer)
    with open(reader, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


def serve(check: Callable[[Sequence[str]], int]) -> int:
    """Answer Bazel's requests, one JSON object a line, until it closes the pipe.

    Args:
        check: does what a request's arguments ask for, in a child of its own.
    """
    for line in sys.stdin:
        work = json.loads(line)
        # Bazel has read the file of arguments.
        exit_code, output = forked(partial(check, work["arguments"]))
        answer = {"exitCode": exit_code, "output": output}
        answer["requestId"] = work.get("requestId", 0)
        print(json.dumps(answer), flush=True)
    return 0
