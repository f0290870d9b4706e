"""Waits for what other threads and processes do, and never for ever."""

import time
from collections.abc import Callable

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
