"""What newproject does each time that it runs."""

import logging

_log = logging.getLogger(__name__)


def work(times: int) -> int:
    """Do the work; return how much was done."""
    done = sum(1 for _ in range(times))
    _log.info("done: %d", done)
    return done
