"""Starts coverage.py in a Python process that a measured test started.

The interpreter imports it by its name, from PYTHONPATH.
"""

import importlib.machinery
import os
import signal
import sys
import threading
from typing import Any


def start() -> None:
    """Measure this process as the environment says."""
    folder = os.environ.get("MONOREPO_COVERAGE_PATH")
    if not folder or not os.path.exists(os.environ.get("COVERAGE_PROCESS_START", "")):
        return
    # The process may have a coverage.py of its own, or none.
    sys.path.append(folder)
    try:
        import coverage  # noqa: PLC0415  # its folder is known only now
    finally:
        sys.path.remove(folder)
    save_whole(coverage.Coverage)
    coverage.process_startup()


def save_whole(coverage_class: Any) -> None:  # the class of whichever coverage.py it is
    """Let coverage.py finish what it saves before SIGTERM ends the process.

    A pool tells its workers to end and terminates them at once: one that was saving
    left half a file.
    """
    save = coverage_class.save
    if getattr(save, "is_whole", False):
        return

    def whole(self: Any) -> None:  # an instance of that class
        if threading.current_thread() is not threading.main_thread():
            save(self)
            return
        came: list[int] = []
        before = signal.signal(
            signal.SIGTERM, lambda number, _frame: came.append(number)
        )
        try:
            save(self)
        finally:
            signal.signal(signal.SIGTERM, before or signal.SIG_DFL)
        if came:
            os.kill(os.getpid(), signal.SIGTERM)

    whole.is_whole = True  # type: ignore[attr-defined]  # our own mark
    coverage_class.save = whole


def give_way() -> None:
    """Run the `sitecustomize` that this one stands before, if there is one."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = [entry for entry in sys.path if os.path.abspath(entry) != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec and spec.loader:
        spec.loader.exec_module(sys.modules[__name__])


if __name__ == "sitecustomize":
    start()
    give_way()
