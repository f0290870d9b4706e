"""Starts coverage.py in a Python process that a measured test started.

The interpreter imports it by its name, from PYTHONPATH. An isolated one (`-I`) doesn't look there: a launcher of
rules_python starts it as a program, and it runs what would have run.
"""

import importlib
import importlib.machinery
import os
import runpy
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any

# What a launcher puts before the interpreter's own options; it takes it out of the environment.
# https://rules-python.readthedocs.io/en/latest/environment-variables.html
LAUNCHER_ARGUMENTS = "RULES_PYTHON_ADDITIONAL_INTERPRETER_ARGS"
# Where coverage.py takes its settings from.
_START = "COVERAGE_PROCESS_START"
# Options of the interpreter whose value is an argument of its own.
VALUED_OPTIONS = ("-W", "-X")


def start() -> None:
    """Measure this process as the environment says."""
    folder = os.environ.get("MONOREPO_COVERAGE_PATH")
    settings = os.environ.get("MONOREPO_COVERAGE_SETTINGS", "")
    if not folder or not os.path.exists(settings):
        return
    # The process may have a coverage.py of its own, or none.
    sys.path.append(folder)
    try:
        import coverage  # noqa: PLC0415  # its folder is known only now
    finally:
        sys.path.remove(folder)
    save_whole(coverage.Coverage)
    # Not for children: coverage.py's own .pth file would start it there, too early for what stands above.
    before = os.environ.get(_START)
    os.environ[_START] = settings
    coverage.process_startup()
    del os.environ[_START]
    if before is not None:
        os.environ[_START] = before


def save_whole(coverage_class: Any) -> None:  # the class of whichever coverage.py it is
    """Let coverage.py finish what it does before SIGTERM ends the process.

    A pool tells its workers to end and terminates them at once: one that was saving
    left half a file, one that was stopping could not stop again, and one that held a
    lock waited for itself.
    """
    if getattr(coverage_class.save, "is_whole", False):
        return
    coverage_class.stop = whole(coverage_class.stop)
    coverage_class.save = whole(coverage_class.save)
    let_take_locks_again()


def whole(method: Any) -> Any:  # a method of that class, and what stands for it
    """Return the method, which SIGTERM waits for."""

    def finished(self: Any) -> None:  # an instance of that class
        if threading.current_thread() is not threading.main_thread():
            method(self)
            return
        came: list[int] = []
        before = signal.signal(
            signal.SIGTERM, lambda number, _frame: came.append(number)
        )
        try:
            method(self)
        finally:
            signal.signal(signal.SIGTERM, before or signal.SIG_DFL)
        if came:
            os.kill(os.getpid(), signal.SIGTERM)

    # pyrefly: ignore[missing-attribute]  # our own mark
    finished.is_whole = True
    return finished


def let_take_locks_again() -> None:
    """Let the handler of SIGTERM take locks that the code it interrupted holds.

    That code never goes on: the handler saves, and ends the process.
    """
    # Any: their attributes are theirs alone; a process may have an older coverage.py without them.
    collector: Any = importlib.import_module("coverage.collector").Collector
    reset = collector.reset

    def reset_with_lock(self: Any) -> None:
        reset(self)
        if getattr(self, "data_lock", None):
            self.data_lock = threading.RLock()

    collector.reset = reset_with_lock
    try:
        monitor: Any = importlib.import_module("coverage.sysmon").SysMonitor
    except ImportError:
        return
    start_monitor = monitor.start

    def start_with_lock(self: Any) -> None:
        self.lock = threading.RLock()
        start_monitor(self)

    monitor.start = start_with_lock


def give_way() -> None:
    """Run the `sitecustomize` that this one stands before, if there is one."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = [entry for entry in sys.path if os.path.abspath(entry) != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec and spec.loader:
        spec.loader.exec_module(sys.modules[__name__])


def split_options(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the interpreter's options, and the program with its arguments."""
    end = 0
    while end < len(arguments) and arguments[end].startswith("-"):
        end += 2 if arguments[end] in VALUED_OPTIONS else 1
    return list(arguments[:end]), list(arguments[end:])


def run(arguments: Sequence[str]) -> None:
    """Run a program, measured, under the options that stand before it."""
    options, program = split_options(arguments)
    if options:
        # They are this interpreter's to read: it starts anew, with them before this file.
        again = [sys.executable, *options, __file__, *program]
        os.execv(sys.executable, again)  # noqa: S606  # what runs already
    os.environ[LAUNCHER_ARGUMENTS] = __file__
    start()
    sys.argv[:] = program
    runpy.run_path(program[0], run_name="__main__")


if __name__ == "__main__":
    run(sys.argv[1:])
elif __name__ == "sitecustomize":
    if __file__ not in sys.orig_argv:
        start()
    give_way()
