"""Tells the person who waits what is being done, and for how long it has been."""

import sys
import time
from typing import TextIO


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
