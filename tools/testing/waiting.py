"""Waits for what other threads and processes do, and never for ever."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PAUSE = 0.01


def wait_until(
    claim: Callable[[], object],
    seconds: float = 60,
    seen: Callable[[], object] = lambda: "nothing",
) -> None:
    """Return once a claim is true.

    Args:
      claim: what is waited for.
      seconds: for how long.
      seen: what there is instead, for the message of who waits in vain.

    Raises:
      AssertionError: it isn't in time.
    """
    end = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > end:
            raise AssertionError(f"not true within {seconds} s; seen: {seen()}")
        time.sleep(_PAUSE)


@contextmanager
def time_limit(
    what: str, end: Callable[[], object], seconds: float = 30
) -> Iterator[None]:
    """Have what the block waits for ended where it lasts too long, and fail.

    Args:
      what: is waited for, for the message.
      end: ends the wait, such as `process.kill` where the block reads from a process.
      seconds: for how long it may last.

    Raises:
      AssertionError: it lasted too long.
    """
    late = threading.Event()

    def end_late() -> None:
        late.set()
        end()

    timer = threading.Timer(seconds, end_late)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if late.is_set():
            raise AssertionError(f"{what}: not ended after {seconds} s")
