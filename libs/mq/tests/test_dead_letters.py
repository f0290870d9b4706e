"""Tests of messages that nobody can handle, over the transports that need no broker."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from libs.mq import dead_letters
from libs.mq.publisher import Outgoing, Publisher
from libs.mq.queues import Queue
from libs.mq.task import Task, each
from libs.mq.tests.loops import DIE, FAST, collect, nothing, run, send
from libs.mq.tests.ping import PONGS, Ping, Pong, answer


def test_message_that_always_fails_is_dead_lettered_and_spares_the_others(
    url: str, pings: Queue
) -> None:
    attempts: list[int] = []

    def refuse_three(ping: Ping) -> Pong:
        attempts.append(ping.number)
        if ping.number == 3:
            raise RuntimeError("never three")
        return answer(ping)

    send(url, pings, *range(6))
    run(url, Task(pings, Ping, each(refuse_three), PONGS, FAST))

    [letter] = dead_letters.peek(url, pings)
    assert letter.reason == "failed 3 times: RuntimeError('never three')"
    assert sorted(collect(url)) == [0, 1, 2, 4, 5]


def test_message_of_another_kind_is_dead_lettered_at_once(
    url: str, pings: Queue
) -> None:
    with closing(Publisher(url, pings)) as publisher:
        publisher.publish([Outgoing.of(Pong(number=1))])

    run(url, Task(pings, Ping, each(answer), PONGS))

    [letter] = dead_letters.peek(url, pings)
    assert letter.reason == "the message is of kind 'pong', wanted 'ping'"


def test_dead_letters_can_be_requeued(url: str, pings: Queue) -> None:
    def refuse(ping: Ping) -> Pong:
        raise RuntimeError("broken")

    send(url, pings, 1, 2)
    run(url, Task(pings, Ping, each(refuse), PONGS, FAST))

    assert len(dead_letters.requeue(url, pings)) == 2
    run(url, Task(pings, Ping, each(answer), PONGS))
    assert sorted(collect(url)) == [1, 2]


def test_command_lists_shows_requeues_and_drops(
    tmp_path: Path, pings: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"disk://{tmp_path}"
    send(url, pings, 1, 2, 3, 4)
    run(url, Task(pings, Pong, each(nothing)))

    def act(*action: str) -> list[str]:
        assert dead_letters.main([pings.name, "--url", url, *action]) == 0
        return capsys.readouterr().out.splitlines()

    first = act()
    ids = [line.partition(":")[0] for line in first]
    shown = act("show", ids[1])
    requeued, dropped, left = act("requeue", ids[1]), act("drop", ids[0], ids[2]), act()

    reason = "the message is of kind 'ping', wanted 'pong'"
    assert all(f": {reason}: {{" in line for line in first)
    assert shown[0] == f"{ids[1]}: {reason}"
    assert '  "number": 2' in shown
    assert (requeued, dropped, left) == ([first[1]], [first[0], first[2]], [first[3]])
    run(url, Task(pings, Ping, each(answer), PONGS))
    assert collect(url) == [2]


def test_command_takes_no_more_than_its_limit(
    tmp_path: Path, pings: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"disk://{tmp_path}"
    send(url, pings, 1, 2)
    run(url, Task(pings, Pong, each(nothing)))

    assert dead_letters.main([pings.name, "drop", "--limit", "1", "--url", url]) == 0
    assert capsys.readouterr().err == "1 messages\n"
    assert len(dead_letters.peek(url, pings)) == 1


def test_command_reports_a_letter_that_is_not_there(
    tmp_path: Path, pings: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"disk://{tmp_path}"
    assert dead_letters.main([pings.name, "show", "7", "--url", url]) == 1
    assert capsys.readouterr().err == f"dead_letters: {pings.name} has no 7\n"


def test_command_reports_what_it_cannot_reach(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    codes = [
        dead_letters.main(["pings", "--url", url])
        for url in ("carrier://pigeon", f"disk://{tmp_path}/file")
    ]

    assert codes == [1, 1]
    assert "Traceback" not in capsys.readouterr().err


def test_message_that_kills_its_workers_is_dead_lettered(tmp_path: Path) -> None:
    url, pings = f"disk://{tmp_path}", Queue("pings")
    send(url, pings, 1)
    for _ in range(2):
        subprocess.run([sys.executable, "-I", "-c", DIE, url], check=False, timeout=60)

    run(url, Task(pings, Ping, each(answer), PONGS, deliveries=2))

    [letter] = dead_letters.peek(url, pings)
    assert letter.reason == "delivered 2 times without an answer"


@pytest.mark.parametrize("payload", ["no JSON", "[]", '{"body": 1}', "\x00", "é"])
def test_rubbish_in_the_file_is_dead_lettered(tmp_path: Path, payload: str) -> None:
    url, pings = f"disk://{tmp_path}", Queue("pings")
    send(url, pings, 1)
    with sqlite3.connect(tmp_path / "messages.sqlite3") as database:
        database.execute("UPDATE messages SET body = ?, headers = body", (payload,))
    database.close()

    run(url, Task(pings, Ping, each(answer), PONGS))

    [letter] = dead_letters.peek(url, pings)
    assert (letter.body, collect(url)) == (payload.encode(), [])
