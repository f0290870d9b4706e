"""Runs pushes in parallel, but never two that would send one blob at the same time.

The second would send it again: a registry knows a blob only when its upload is complete. So images
that share layers go one after the other until the shared ones are there, and then side by side.
"""

import threading
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor


class Schedule[T, R]:
    """Work items, each with the blobs that it may send."""

    def __init__(self, blobs: Mapping[T, Set[str]], order: Sequence[T]) -> None:
        self._blobs = blobs
        self._waiting = list(order)
        self._in_flight: set[str] = set()
        self._done: set[str] = set()
        self._changed = threading.Condition()

    def _next(self) -> T | None:
        """Return an item that can start now; wait for one; None at the end."""
        with self._changed:
            while self._waiting:
                for item in self._waiting:
                    if not (self._blobs[item] - self._done) & self._in_flight:
                        self._waiting.remove(item)
                        self._in_flight |= self._blobs[item] - self._done
                        return item
                self._changed.wait()
            return None

    def _finish(self, item: T, *, sent: bool) -> None:
        with self._changed:
            self._in_flight -= self._blobs[item] - self._done
            if sent:
                self._done |= self._blobs[item]
            self._changed.notify_all()

    def run(
        self, work: Callable[[T], R], succeeded: Callable[[R], bool], jobs: int
    ) -> list[R]:
        """Work on every item; return the results in the order in which they ended."""
        results: list[R] = []

        def worker() -> None:
            while (item := self._next()) is not None:
                sent = False
                try:
                    result = work(item)
                    sent = succeeded(result)
                    results.append(result)
                finally:
                    self._finish(item, sent=sent)

        with ThreadPoolExecutor(jobs) as pool:
            try:
                for future in [pool.submit(worker) for _ in range(jobs)]:
                    future.result()
            except BaseException:
                # Ctrl-C, for one: what has begun ends, and nothing else begins.
                with self._changed:
                    self._waiting.clear()
                raise
        return results
