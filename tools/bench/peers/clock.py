"""What a command costs in processor time, with what works for it in the background."""

import os
from collections.abc import Callable
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
# utime, stime, and those of children that were waited for, after the name: proc_pid_stat(5).
_FIELDS = slice(11, 15)


def background(folder: Path) -> float:
    """Return the seconds that processes have worked which name a file below the folder: servers and daemons."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        try:
            command = (process / "cmdline").read_text(errors="replace")
            if f"{folder}/" in command:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                total += sum(map(int, fields[_FIELDS]))
        except OSError:
            continue
    return total / _TICK


def processor_seconds(call: Callable[[], object], folder: Path) -> float:
    """Return what a call costs, its children and what is in the background included.

    Args:
      call: what is measured.
      folder: where the tool's servers and daemons lie, or what they name in their command lines.
    """
    before = background(folder), os.times()
    call()
    after = background(folder), os.times()
    # A server that was started meanwhile counts whole, and one that has ended not at all.
    children = after[1].children_user + after[1].children_system
    earlier = before[1].children_user + before[1].children_system
    return max(0.0, after[0] - before[0]) + children - earlier
