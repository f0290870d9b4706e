"""Calls of Bazel that must succeed, how long calls take, and the CPU time of processes."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from tools.nested.checkout import Checkout

# Fields of /proc/PID/stat after the process's name: its own time, and that of its children that ended.
CHILDREN = slice(13, 15)
ALL = slice(11, 15)


def asked(checkout: Checkout, *arguments: str) -> str:
    """Return what Bazel prints, and stop measuring if it fails."""
    got = checkout.bazel(*arguments)
    if got.exit_code:
        raise SystemExit(f"bazel {' '.join(arguments)} failed:\n{got.text}")
    return got.stdout


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def cpu_seconds(process: int, times: slice = ALL) -> float:
    """Return the CPU seconds of a process, its children's included."""
    stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    fields = stat.rpartition(")")[2].split()
    return sum(map(int, fields[times])) / os.sysconf("SC_CLK_TCK")
