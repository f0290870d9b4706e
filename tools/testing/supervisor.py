"""Runs the tests in a child process, since no process sees its own end.

A test can end the one it runs in, and with success: by `os._exit`, by becoming another program, by a library in C. The
child is forked before anything is imported: what a fork has to copy costs more than the fork.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping

from tools.testing.folder import Folder
from tools.testing.outcome import GRACE, outcome_of, running
from tools.testing.record import Record
from tools.testing.terminal import Terminal

# Has the child print its stacks. No test has a use for it.
DUMP = signal.SIGRTMAX


def supervise(run: Callable[[Record], int], environ: Mapping[str, str]) -> int:
    """Run the tests in a child, and return there; end this process with what Bazel is to know."""
    # Bazel fails a run that leaves this file; those up to 7 don't look.
    premature = environ.get("TEST_PREMATURE_EXIT_FILE")
    if premature:
        os.close(os.open(premature, os.O_CREAT))
    target = environ.get("TEST_TARGET", "")
    folder = Folder(environ)
    record = Record()
    terminal = Terminal(environ)
    child = os.fork()
    if child == 0:
        return run_as_child(run, record, folder)
    recollection = None
    if is_first_of_shards(environ):
        from tools.testing.recollection import Recollection  # noqa: PLC0415  # seldom

        recollection = Recollection.start(environ, folder.path)
    exit_code, remark = outcome_of(record, wait(child, record, environ), target)
    if recollection and exit_code:
        recollection.stop()
    elif recollection and (found := recollection.compare(record, target)):
        exit_code, remark = 1, found
    signal.setitimer(signal.ITIMER_REAL, 0)
    if remark:
        print(f"\n{remark}", file=sys.stderr, flush=True)
    if exit_code:
        report(remark, exit_code, environ)
    terminal.give_back()
    folder.remove()
    if premature:
        os.unlink(premature)
    # There is nothing to clean up, which takes a Python process a while.
    os._exit(exit_code)


def is_first_of_shards(environ: Mapping[str, str]) -> bool:
    """Return whether this run is the first of several."""
    shard = environ.get("TEST_TOTAL_SHARDS", "1"), environ.get("TEST_SHARD_INDEX", "0")
    return shard[0] not in ("", "0", "1") and shard[1] == "0"


def run_as_child(run: Callable[[Record], int], record: Record, folder: Folder) -> int:
    """Run the tests here, and say in the record how they ended."""
    import faulthandler  # noqa: PLC0415  # the parent goes without
    import threading  # noqa: PLC0415

    # pytest puts files of its own in place of the log.
    log = os.dup(2)
    faulthandler.register(DUMP, file=log)
    record.own()
    folder.enter()
    # It is this run's; a test may start another.
    os.environ.pop("TEST_PREMATURE_EXIT_FILE", None)
    exit_code = run(record)
    if not record.is_own():
        # A fork of this process that no test had to do with.
        os._exit(1)
    main = threading.main_thread()
    others = [thread for thread in threading.enumerate() if thread is not main]
    record.write("thread", [thread.name for thread in others if not thread.daemon])
    record.write("ended", [str(exit_code)])
    faulthandler.dump_traceback_later(GRACE, exit=True, file=log)
    return exit_code


def wait(child: int, record: Record, environ: Mapping[str, str]) -> int:
    """Wait for the child and return its exit code; have it print its stacks before Bazel ends it."""
    seconds = int(environ.get("TEST_TIMEOUT") or 0)

    def stop(number: int, _frame: object) -> None:
        record.write("stopped", [str(number)])
        send(child, number)

    def dump(_number: int, _frame: object) -> None:
        target = environ.get("TEST_TARGET", "")
        print(
            f"\n{target}: nearly {seconds} s are over, {running(record)}. Its stacks:",
            file=sys.stderr,
            flush=True,
        )
        send(child, DUMP)

    # Ctrl-C at a terminal reaches the child as well, which may have a use for it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, dump)
    if seconds and "BUILD_WORKSPACE_DIRECTORY" not in environ:
        # Bazel's clock started before this one.
        signal.setitimer(signal.ITIMER_REAL, seconds - min(5, seconds / 5))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def send(process: int, number: int) -> None:
    """Send a signal to a process that may just have ended."""
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return


def report(remark: str, exit_code: int, environ: Mapping[str, str]) -> None:
    """Have the XML of a run that failed say so: pytest's may hold no failure, as after Ctrl-C or a usage error."""
    xml = environ.get("XML_OUTPUT_FILE")
    if not xml:
        return
    from tools.testing.junit_xml import add_error, is_green  # noqa: PLC0415  # seldom

    target = environ.get("TEST_TARGET", "")
    if not remark and is_green(xml):
        remark = f"{target}: the run ended by exit code {exit_code}; its log says why."
    if remark:
        add_error(xml, target, remark)
