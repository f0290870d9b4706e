"""Finds the outcome of a run by how its process ended and by what its record says."""

import signal

from tools.testing.record import Record, shown

# How long the process may last after its session, in seconds: threads and handlers come to an end by themselves.
GRACE = 10


def outcome_of(record: Record, exit_code: int, target: str) -> tuple[int, str]:
    """Return the exit code of a run whose process had this one, and what to say of it, if anything."""
    end = f"exit code {exit_code}"
    if exit_code < 0:
        end = f"signal {-exit_code} ({signal.strsignal(-exit_code)})"
        exit_code = 128 - exit_code
    if copied := record.texts("copied"):
        return exit_code or 1, (
            f"{target}: a process that {copied[0]} forked came back from the test, as a second pytest.\n"
            "Fix: end it within the test, by os._exit."
        )
    ended = record.texts("ended")
    if not ended:
        return exit_code or 1, premature(record, end, target)
    if exit_code and not int(ended[0]):
        threads = ", ".join(record.texts("thread")) or "none"
        return exit_code, (
            f"{target}: the tests passed, and after that their process ended by {end}. "
            f"Threads that outlived the session: {threads}.\n"
            f"Fix: join them where they were started, and look at atexit handlers; {GRACE} s are left for both."
        )
    return int(ended[0]), "\n".join(record.texts("remark"))


def premature(record: Record, end: str, target: str) -> str:
    """Say of a session that has not ended where it was, and what it left out."""
    left = f"Tests that had not finished: {shown(record.unfinished()) or 'none'}."
    if record.texts("stopped"):
        return f"{target}: the run was stopped by {end}, {running(record)}. {left}"
    return (
        f"{target}: the process of the tests ended by {end} before its session did, {running(record)}. {left}\n"
        "Fix: find what ends it there: an error above, os._exit, os.exec*, a signal, or a library in C."
    )


def running(record: Record) -> str:
    """Say which test had started and not finished."""
    started = record.texts("started")
    if len(started) == len(record.texts("finished")):
        return "in no test"
    return f"in {started[-1]}"
