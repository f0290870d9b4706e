"""Works until it is told to stop.

Invoked as: bazel run //services/common_ml
"""

import signal
import sys


def _stop(_signal: int, _frame: object) -> None:
    sys.exit(0)


# Before the imports, which take the most of the start: a process that is PID 1 of a
# container ignores SIGTERM until it has a handler. While it works, the program's own
# handler lets the loop finish.
signal.signal(signal.SIGTERM, _stop)
signal.signal(signal.SIGINT, _stop)

from services.common_ml import program  # noqa: E402

if __name__ == "__main__":
    sys.exit(program.main())
