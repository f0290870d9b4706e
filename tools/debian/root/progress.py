"""Tells the person who waits what is being done, and for how long it has been."""

import queue
import re
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from typing import TextIO

# The first line of mmdebstrap or apt in each step, and our words for the step.
STEPS = (
    (re.compile(r"I: running apt-get update"), "fetching the package lists"),
    (re.compile(r"I: downloading packages"), "making the base system"),
    (
        re.compile(r"I: installing remaining"),
        "downloading Bazel, Python and the host tools",
    ),
    (re.compile(r"(Selecting|Preparing|Unpacking) "), "installing them"),
)
# Lines that say how far a step is.
_TOTAL = re.compile(r"\d+ upgraded, (\d+) newly installed")
_SIZE = re.compile(r"Need to get ([^ ]+ ?[kMG]?B) of archives")
_COUNTED = (
    (re.compile(r"Get:\d"), "downloaded"),
    (re.compile(r"Unpacking "), "unpacked"),
    (re.compile(r"Setting up "), "set up"),
)
_HEARTBEAT_SECONDS = 10.0


class Progress:
    """Numbers steps and tells the time since the first one."""

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        """Begin a run of `total` steps, told on `stream` (standard error)."""
        self._total = total
        self._done = 0
        self._start = time.monotonic()
        self._stream = stream or sys.stderr

    def step(self, text: str) -> None:
        """Tell the next step."""
        self._done += 1
        self._tell(f"[{self._done}/{self._total}] {text}")

    def note(self, text: str) -> None:
        """Tell more about the step under way."""
        self._tell(f"      {text}")

    def _tell(self, text: str) -> None:
        elapsed = round(time.monotonic() - self._start)
        print(f"bazelw: {text} ({elapsed} s)", file=self._stream, flush=True)


def follow(lines: Iterable[str | None], progress: Progress) -> None:
    """Tell the steps that the lines show.

    Args:
      lines: what mmdebstrap and apt say; None where a sign of life is due.
      progress: where to tell it.
    """
    waiting = list(STEPS)
    total, counts = "?", dict[str, int]()
    for line in lines:
        if line is None:
            progress.note(_how_far(counts, total))
            continue
        # Steps come in order, and the base system's own unpacking is no step.
        if waiting and waiting[0][0].match(line):
            progress.step(waiting.pop(0)[1])
            counts = {}
        if found := _TOTAL.match(line):
            total = found[1]
        elif found := _SIZE.match(line):
            progress.note(f"{total} packages, {found[1]}")
        for pattern, kind in _COUNTED:
            if pattern.match(line):
                counts[kind] = counts.get(kind, 0) + 1


def lines_or_pauses(stream: TextIO | Iterable[str]) -> Iterator[str | None]:
    """Yield each line of the stream, and None whenever a sign of life is due."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in stream:
            lines.put(line.rstrip())
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    due = time.monotonic() + _HEARTBEAT_SECONDS
    while True:
        if time.monotonic() >= due:
            yield None
            due = time.monotonic() + _HEARTBEAT_SECONDS
        try:
            line = lines.get(timeout=_HEARTBEAT_SECONDS / 10)
        except queue.Empty:
            continue
        if line is None:
            return
        yield line


def _how_far(counts: dict[str, int], total: str) -> str:
    if not counts:
        return "still at it"
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    return f"{told} of {total}"
