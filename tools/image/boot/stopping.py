"""Ends a program in order when it is asked to: by a key such as Ctrl-C, by SIGTERM, by a terminal that closes."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


class StopError(Exception):
    """The program was asked to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


def _stop(number: int, _frame: object) -> None:
    # Once: what follows takes files away, and must not be cut off.
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise StopError(number)


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """Give a folder that goes with the block, whatever this process is asked to end by.

    Signals wait while the folder is made and taken away.

    Raises:
      StopError: in the block, where it sets no handlers of its own.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    for each in SIGNALS:
        signal.signal(each, _stop)
    with tempfile.TemporaryDirectory(prefix=prefix) as folder:
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            yield Path(folder)
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
