"""Gives a test the terminal that `bazel run` was called at.

Bazel's test-setup.sh starts a test in a process group of its own, in the background, where whoever reads from the
terminal is stopped, and nobody ever wakes it.
"""

import os
import signal
from collections.abc import Mapping

TERMINAL = 0


class Terminal:
    """The terminal at stdin, which this process group has from now on until it gives it back."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.before: int | None = None
        if "BUILD_WORKSPACE_DIRECTORY" in environ and os.isatty(TERMINAL):
            self.before = os.tcgetpgrp(TERMINAL)
            self._give_to(os.getpgrp())
            # Ctrl-Z would stop the test, and not the shell's job that it is a part of.
            signal.signal(signal.SIGTSTP, signal.SIG_IGN)

    def give_back(self) -> None:
        """Have the process group read from it that did before."""
        if self.before is not None:
            self._give_to(self.before)

    def _give_to(self, group: int) -> None:
        # One that is in the background, or was, is stopped for this otherwise.
        handler = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        try:
            os.tcsetpgrp(TERMINAL, group)
        except OSError:
            # It is another session's, or the group has ended.
            self.before = None
        finally:
            signal.signal(signal.SIGTTOU, handler)
