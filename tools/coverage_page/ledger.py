"""Remembers what was counted of each file, so that only what changed is counted again.

An entry stands under the digest of all that its count depends on: the source, what
tests saw of it and which, the settings, coverage.py, and this program's own text.
"""

import hashlib
import importlib.util
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import batched, chain
from pathlib import Path
from typing import Any

from tools.coverage_page.records import Branch, FileCoverage, Function
from tools.coverage_page.tasks import Sources, Task

_PROGRAM = Path(__file__).parent


class Ledger:
    """The counts of one run, read by the next."""

    def __init__(self, path: Path, sources: Sources) -> None:
        """Read the entries; a file that can't be read is as good as none."""
        self._path = path
        self._root = sources.root
        self._program = _program_digest(sources.settings)
        try:
            # Any: what a ledger that someone else wrote holds.
            entries: Any = json.loads(path.read_text(encoding="utf-8"))
        except OSError, ValueError:
            entries = {}
        self._old = entries if isinstance(entries, dict) else {}
        self._new: dict[str, list[object]] = {}
        self._digests: dict[str, str] = {}

    def recall(self, task: Task) -> FileCoverage | None:
        """Return what was counted of a file, unless something is different now."""
        digest = self._digest(task)
        self._digests[task.path] = digest
        entry = self._old.get(task.path)
        if not entry or entry[0] != digest:
            return None
        self._new[task.path] = entry
        return _unpacked(entry)

    def note(self, task: Task, coverage: FileCoverage) -> None:
        """Remember what was counted of a file that couldn't be recalled."""
        self._new[task.path] = _packed(self._digests[task.path], coverage)

    def save(self, path: Path | None = None) -> None:
        """Write the entries of this run, whole or not at all, if they are new there."""
        target = path or self._path
        if target == self._path and self._new == self._old:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.partial")
        text = json.dumps(self._new, separators=(",", ":"))
        partial.write_text(text, encoding="utf-8")
        partial.replace(target)

    def _digest(self, task: Task) -> str:
        try:
            source = (self._root / task.path).read_bytes()
        except OSError:
            # What there is to say of that is said where the file is analysed.
            source = b""
        parts = [self._program, source, repr((task.arcs, task.tests)).encode()]
        if task.record != FileCoverage():
            parts.append(repr(task.record).encode())
        return _digest(parts)


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        # Its length first: no other cut of the same bytes has this digest.
        whole.update(b"%d:" % len(part))
        whole.update(part)
    return whole.hexdigest()


def _program_digest(settings: Path) -> bytes:
    files = [settings, *sorted(_PROGRAM.glob("*.py")), *sorted(_PROGRAM.glob("site/*"))]
    spec = importlib.util.find_spec("coverage")
    if spec and spec.origin:
        # Read, not imported: importing coverage.py takes longer than all the rest.
        files.append(Path(spec.origin).with_name("version.py"))
    texts = (path.read_bytes() for path in files)
    return _digest(chain([sys.version.encode()], texts)).encode()


def _packed(digest: str, coverage: FileCoverage) -> list[object]:
    branches = ((*branch, count) for branch, count in coverage.branches.items())
    functions = ((*each, count) for each, count in coverage.functions.items())
    return [
        digest,
        list(chain.from_iterable(coverage.lines.items())),
        list(chain.from_iterable(branches)),
        list(chain.from_iterable(functions)),
    ]


def _unpacked(entry: Any) -> FileCoverage:  # as _packed gives it
    _digest, lines, branches, functions = entry
    return FileCoverage(
        dict(batched(lines, 2, strict=True)),
        {Branch(*key): count for *key, count in batched(branches, 4, strict=True)},
        {Function(*key): count for *key, count in batched(functions, 3, strict=True)},
    )


def counted(
    work: Sequence[Task],
    ledger: Ledger,
    count: Callable[[Sequence[Task]], Sequence[FileCoverage]],
    keeps: Callable[[str], bool] = lambda _path: True,
) -> dict[str, FileCoverage]:
    """Return the coverage of every file, in order; count only what isn't recalled.

    Args:
        work: the files.
        ledger: what is remembered of them; takes what is counted.
        count: counts files.
        keeps: whether what else was made of a file that is recalled is still there.
    """
    found = {task.path: ledger.recall(task) for task in work}
    fresh = [task for task in work if found[task.path] is None or not keeps(task.path)]
    if fresh:
        for task, coverage in zip(fresh, count(fresh), strict=True):
            ledger.note(task, coverage)
            found[task.path] = coverage
    return {path: coverage for path, coverage in found.items() if coverage is not None}
