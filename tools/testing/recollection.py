"""Shows that all shards deal out the same tests, though none sees another: the first has them collected a second time.

Shards share no folder, no order of a set, no address, no clock and no chance. A second process that collects the same
tests as the first stands for all of them. It costs one collection beside the first shard's tests, and nothing where a
target has no shards. It misses what two collections of one moment have in common, such as today's date.
"""

import os
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.testing.record import RECOLLECTION, Record, shown, texts_of

_NOT_FOR_IT = ("COVERAGE_DIR", "XML_OUTPUT_FILE", "TEST_SHARD_STATUS_FILE")

# A test's id, and the digest of its parameters.
Collected = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Recollection:
    """The second process."""

    process: int
    file: Path

    @classmethod
    def start(cls, environ: Mapping[str, str], folder: str) -> Recollection:
        """Start it, with files of its own."""
        own = Path(folder, "recollection")
        own.mkdir()
        its = {"HOME": str(own), **environ}
        its |= {"TEST_TMPDIR": str(own), "TMPDIR": str(own)}
        # A test file may look at it, and spread its tests by itself.
        its["TEST_SHARD_INDEX"] = "1"
        its[RECOLLECTION] = str(own / "record")
        for name in _NOT_FOR_IT:
            its.pop(name, None)
        with (own / "log").open("w") as log:
            outputs = [(os.POSIX_SPAWN_DUP2, log.fileno(), number) for number in (1, 2)]
            arguments = [sys.executable, *sys.orig_argv[1:]]
            process = os.posix_spawn(
                sys.executable, arguments, its, file_actions=outputs
            )
        return cls(process, own / "record")

    def stop(self) -> None:
        """End it: nobody wants to know."""
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)

    def compare(self, record: Record, target: str) -> str:
        """Wait for it, and return what to say where it collected other tests than the record holds."""
        log_file = self.file.with_name("log")

        def end(_number: int, _frame: object) -> None:
            with log_file.open("a") as log:
                log.write("It had not ended shortly before the timeout.")
            os.kill(self.process, signal.SIGKILL)

        # The supervisor's timer still runs.
        signal.signal(signal.SIGALRM, end)
        os.waitpid(self.process, 0)
        if not self.file.exists():
            log = log_file.read_text(errors="replace")
            return (
                f"{target}: a second process, which shows that all shards run the same tests, couldn't collect them:\n"
                f"{log}"
            )
        found = differences(
            collected(record.content()), collected(self.file.read_text())
        )
        if not found:
            return ""
        return (
            f"{target}: its shards may leave tests out, since two processes that collect them differ in: "
            f"{shown(found)}.\n"
            "Fix: give parameters an order and ids that no set, address, clock or chance changes, "
            "or take shard_count out."
        )


def recollect(run: Callable[[Record], int], file: str) -> int:
    """Collect the tests in this process, which is the second one, and leave the record in a file."""
    # Before anything else of the command line, which may hold a test's own arguments.
    os.environ["PYTEST_ADDOPTS"] = (
        f"--collect-only {os.environ.get('PYTEST_ADDOPTS', '')}"
    )
    record = Record()
    exit_code = run(record)
    # Files that skip themselves hold no test, and are no failure.
    if record.texts("collected") or exit_code == 0:
        Path(file).write_text(record.content())
    return 0


def collected(content: str) -> Collected:
    """Return what a record says was collected."""
    ids, contents = texts_of(content, "collected"), texts_of(content, "content")
    return list(zip(ids, contents, strict=True))


def differences(first: Collected, second: Collected) -> list[str]:
    """Return the ids that only one has, or else those that have another's parameters, sorted."""
    ids, others = ([test for test, _ in tests] for tests in (first, second))
    only = (Counter(ids) - Counter(others)) + (Counter(others) - Counter(ids))
    if only:
        return sorted(only)
    families: defaultdict[str, list[str]] = defaultdict(list)
    for test in dict.fromkeys(ids):
        families[test.partition("[")[0]].append(test)
    here, there = dict(first), dict(second)
    moved = []
    for family in families.values():
        # Parameters that differ by themselves, such as a job with an id by chance, say nothing.
        if Counter(here[test] for test in family) == Counter(
            there[test] for test in family
        ):
            moved += [test for test in family if here[test] != there[test]]
    return sorted(moved)
