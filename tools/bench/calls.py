"""Calls of Bazel that must succeed, and how long calls take."""

import time
from collections.abc import Callable

from tools.nested.checkout import Checkout


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
