"""Notes what a program is asked to end by: a key such as Ctrl-C, SIGTERM, a terminal that closes."""

import signal

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


class StopError(Exception):
    """The program was asked to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


class Stopping:
    """Notes signals, so that a program ends where it can, and takes away what it made.

    No handler raises: an exception could come up in a finalizer, where Python drops it.
    """

    def __init__(self) -> None:
        """Begin to note."""
        self.number = 0
        """The first signal that came, or 0."""
        self.note()

    def note(self) -> None:
        """Note signals again, after others handled them."""
        for number in SIGNALS:
            signal.signal(number, self._note)

    def check(self) -> None:
        """Raise StopError where a signal came."""
        if self.number:
            raise StopError(self.number)

    def _note(self, number: int, _frame: object) -> None:
        self.number = self.number or number
