"""Tests of the shared file behind the embedded transport."""

import gc
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from libs.mq.disk.store import DiskStore, FullError

_HOLD = (
    "import sys, time\n"
    f"sys.path[:] = {sys.path!r}\n"
    "from pathlib import Path\n"
    "from libs.mq.disk.store import DiskStore\n"
    "store = DiskStore(Path(sys.argv[1]))\n"
    "print(len(store.take(['a'], 10)), flush=True)\n"
    "time.sleep(60)\n"
)


type Open = Callable[..., DiskStore]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens the file and puts messages into queue a."""
    with ExitStack() as stack:

        def open_store(*bodies: str) -> DiskStore:
            store = DiskStore(tmp_path)
            stack.callback(store.close)
            store.declare("a", 100)
            for body in bodies:
                store.put("a", body)
            return store

        yield open_store


def _bodies(store: DiskStore, limit: int = 10) -> list[str]:
    return [taken.body for taken in store.take(["a"], limit)]


def test_messages_come_in_order_and_once(opened: Open) -> None:
    store = opened("1", "2", "3")

    assert (_bodies(store, 2), _bodies(store), _bodies(store)) == (
        ["1", "2"],
        ["3"],
        [],
    )


def test_many_open_a_new_file_at_once(tmp_path: Path) -> None:
    def open_and_close(folder: Path, together: threading.Barrier) -> None:
        together.wait(30)
        DiskStore(folder).close()

    with ThreadPoolExecutor(4) as pool:
        for number in range(30):
            together = threading.Barrier(4)
            folder = tmp_path / str(number)
            opening = [pool.submit(open_and_close, folder, together) for _ in range(4)]
            for one in opening:
                one.result(timeout=60)


def test_holder_that_opens_is_not_taken_for_dead(opened: Open, tmp_path: Path) -> None:
    looking, done = opened(), threading.Event()

    def look() -> None:
        while not done.is_set():
            looking.reclaim(pause=0)

    holders = []
    with ThreadPoolExecutor(1) as pool:
        looks = pool.submit(look)
        try:
            for _ in range(300):
                store = DiskStore(tmp_path)
                holders.append(len(list((tmp_path / "holders").iterdir())))
                store.close()
        finally:
            # Else the pool waits for it, for ever.
            done.set()
        looks.result(timeout=60)

    assert set(holders) == {2}


def test_file_that_cannot_be_opened_is_let_go(tmp_path: Path) -> None:
    (tmp_path / "messages.sqlite3").write_text("no database" * 100)

    # That nothing stays open is seen by pytest, which fails for a connection that nobody closed.
    with pytest.raises(sqlite3.DatabaseError):
        DiskStore(tmp_path)
    gc.collect()

    (tmp_path / "messages.sqlite3").unlink()
    store = DiskStore(tmp_path)
    store.reclaim()
    holders = list((tmp_path / "holders").iterdir())
    store.close()
    assert len(holders) == 1


def test_two_holders_never_have_the_same_message(opened: Open) -> None:
    opened(*map(str, range(99))).close()
    taken: list[int] = []

    def take() -> None:
        store = opened()
        while messages := store.take(["a"], 3):
            taken.extend(each.id for each in messages)
            store.settle([each.id for each in messages])
        store.close()

    # Daemons: where one hangs, nothing waits for it.
    threads = [threading.Thread(target=take, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive(), "a holder still takes messages after 30 s"

    assert sorted(taken) == list(range(1, 100))


def test_settled_message_is_gone(opened: Open) -> None:
    store = opened("1")
    store.settle([each.id for each in store.take(["a"], 1)])
    store.close()

    assert _bodies(opened()) == []


def test_message_given_back_counts_as_not_delivered(opened: Open) -> None:
    store = opened("1")
    store.give_back([each.id for each in store.take(["a"], 1)])

    assert [each.deliveries for each in store.take(["a"], 1)] == [1]


def test_closed_holder_gives_back(opened: Open) -> None:
    first, second = opened("1"), opened()
    first.take(["a"], 1)

    first.close()

    assert _bodies(second) == ["1"]


def test_living_holder_keeps_what_it_holds(opened: Open) -> None:
    first, second = opened("1"), opened()
    first.take(["a"], 1)

    second.reclaim(pause=0)

    assert _bodies(second) == []


def test_killed_holder_gives_back_and_is_counted(opened: Open, tmp_path: Path) -> None:
    store = opened("1", "2")
    with subprocess.Popen(
        [sys.executable, "-I", "-c", _HOLD, tmp_path], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        # Ends the holder, and so the line that is waited for.
        end = threading.Timer(30, holder.kill)
        end.start()
        assert holder.stdout.readline() == b"2\n", "no holder took them within 30 s"
        end.cancel()
        store.reclaim(pause=0)
        assert _bodies(store) == []
        holder.kill()

    store.reclaim(pause=0)

    assert [each.deliveries for each in store.take(["a"], 10)] == [2, 2]
    assert len(list((tmp_path / "holders").iterdir())) == 1


def test_full_queue_takes_no_more(opened: Open) -> None:
    store = opened()
    store.declare("a", 2)
    store.put("a", "1")
    store.put("a", "2")

    with pytest.raises(FullError):
        store.put("a", "3")

    store.settle([each.id for each in store.take(["a"], 1)])
    store.put("a", "3")
    assert store.size("a") == 2


def test_last_declaration_sets_the_capacity(opened: Open) -> None:
    store = opened("1")
    store.declare("a", 1)

    with pytest.raises(FullError):
        store.put("a", "2")


def test_failed_transaction_leaves_nothing(opened: Open) -> None:
    store = opened()

    def put_two() -> None:
        with store.transaction():
            store.put("a", "1")
            store.put("unknown", "2")

    with pytest.raises(FullError):
        put_two()
    assert store.size("a") == 0


def test_purge_spares_what_is_held(opened: Open) -> None:
    store = opened("1", "2", "3")
    store.take(["a"], 1)

    assert (store.purge("a"), store.size("a")) == (2, 1)
