"""What newproject does, round by round, until it is told to stop."""

import logging
from collections.abc import Callable
from threading import Event

_log = logging.getLogger(__name__)


def work() -> None:
    """Do one round: take what there is, and finish it."""
    _log.info("a round is done")


def run(stop: Event, seconds: float, work: Callable[[], None] = work) -> None:
    """Work until a stop; a round that has begun is finished.

    Args:
      stop: set when it is to end.
      seconds: the pause between two rounds.
      work: one round; what it raises is logged, and the next one comes.
    """
    while not stop.is_set():
        try:
            work()
        except Exception:
            _log.exception("a round failed")
        stop.wait(seconds)
