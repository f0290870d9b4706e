"""Spreads work over processes, where there is enough of it."""

import gc
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

# Fewer tasks are done sooner than other processes start.
_ALONE = 300
_CHUNK = 20
# New objects after which garbage is looked for: a syntax tree is many, and no garbage.
_OBJECTS = 100_000

# A process of the pool has no other place to keep its worker. Any: one for all kinds.
_workers: list[Callable[[Any], Any]] = []


def _start[Setup](make: Callable[[Setup], Callable[[Any], Any]], setup: Setup) -> None:
    gc.set_threshold(_OBJECTS)
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
    spawn = get_context("spawn")
    with ProcessPoolExecutor(processes, spawn, _start, (make, setup)) as pool:
        return list(pool.map(_do, work, chunksize=_CHUNK))
