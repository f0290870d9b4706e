"""Runs a handler beside the loop that owns the connection, so that the loop goes on meanwhile.

A connection is used by one thread only, and a broker drops one that it hears nothing from: while a handler works
for longer than a heartbeat, somebody else has to answer.
"""

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue

type _Call = Callable[[], None]


class HandlerThread:
    """A thread that makes one call after the other.

    A daemon, which ThreadPoolExecutor's aren't: the process ends though a handler never does.
    """

    def __init__(self, name: str) -> None:
        """Start the thread."""
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def close(self) -> None:
        """Let the thread end, after the call that it may be in."""
        self._calls.put(None)

    def submit[T](self, function: Callable[[], T]) -> Future[T]:
        """Call a function in the thread, in the context of whoever asks; return what will be known of it."""
        future: Future[T] = Future()
        context = contextvars.copy_context()

        def call() -> None:
            try:
                future.set_result(context.run(function))
            # SystemExit too: one message must not end its worker, and the next one's.
            except BaseException as error:
                future.set_exception(error)

        self._calls.put(call)
        return future

    def _run(self) -> None:
        while call := self._calls.get():
            call()
