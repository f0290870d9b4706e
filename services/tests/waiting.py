"""Waits for what other processes do."""

import time
from collections.abc import Callable


def wait_until(claim: Callable[[], bool], seconds: float = 60) -> None:
    """Return once a claim is true; fail if it isn't in time."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {seconds} s: {claim.__name__}")
        time.sleep(0.02)
