"""Works until it is told to stop.

Invoked as: bazel run //services/common_ml
"""

import atexit
import gc
import signal
import sys


def _stop(_signal: int, _frame: object) -> None:
    sys.exit(0)


# Before the imports, which take the most of the start: a process that is PID 1 of a
# container ignores SIGTERM until it has a handler. While it works, the program's own
# handler lets the loop finish.
signal.signal(signal.SIGTERM, _stop)
signal.signal(signal.SIGINT, _stop)
# The interpreter's last collection finds all that was ever imported, and takes half a second for it; what is left
# goes with the process.
atexit.register(gc.freeze)

from services.common_ml import program  # noqa: E402

if __name__ == "__main__":
    sys.exit(program.main())
