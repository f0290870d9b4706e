"""Spreads work over processes, where there is enough of it."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

# Fewer tasks are done sooner than other processes start.
_ALONE = 300
_CHUNK = 20

# A process of the pool has no other place to keep its worker. Any: one for all kinds.
_workers: list[Callable[[Any], Any]] = []


def _start[Setup](make: Callable[[Setup], Callable[[Any], Any]], setup: Setup) -> None:
    _workers.append(make(setup))


def _do(task: Any) -> Any:  # of the kind that the process's worker takes and gives
    return _workers[0](task)


def spread[Setup, Task, Result](
    work: Sequence[Task],
    make: Callable[[Setup], Callable[[Task], Result]],
    setup: Setup,
) -> list[Result]:
    """Return what is made of each task, in order.

    Args:
        work: the tasks.
        make: makes a worker, once in each process.
        setup: what the worker is made from.
    """
    if len(work) <= _ALONE:
        worker = make(setup)
        return [worker(task) for task in work]
    processes = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(
        processes, initializer=_start, initargs=(make, setup)
    ) as pool:
        return list(pool.map(_do, work, chunksize=_CHUNK))
