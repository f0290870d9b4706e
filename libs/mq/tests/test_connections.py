"""Tests that the URL decides the transport."""

from pathlib import Path

import pytest

from libs.mq.connections import UrlError, open_connection
from libs.mq.errors import BrokerError
from libs.mq.publisher import Outgoing, Publisher
from libs.mq.tests.ping import PINGS, Ping
from tools.testing.ports import free_port


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("amqp://guest:guest@localhost:5672/", "py-amqp"),
        ("amqps://guest:guest@localhost:5671/", "py-amqp"),
        ("memory://", "memory"),
    ],
)
def test_scheme_names_the_transport(url: str, driver: str) -> None:
    assert open_connection(url).transport.driver_name == driver


def test_disk_makes_its_folder(tmp_path: Path) -> None:
    with Publisher(f"disk://{tmp_path}/deep/down", PINGS) as publisher:
        publisher.check()

    assert (tmp_path / "deep/down/queue.sqlite3").exists()


@pytest.mark.parametrize("url", ["", "redis://x", "disk://", "disk://relative/path"])
def test_other_urls_are_refused_without_their_password(url: str) -> None:
    with pytest.raises(UrlError, match="names no transport"):
        open_connection(url.replace("//", "//user:secret@", 1))

    with pytest.raises(UrlError) as error:
        open_connection("redis://user:secret@host/0")
    assert "secret" not in str(error.value)


def test_broker_that_is_not_there_is_named() -> None:
    publisher = Publisher(f"amqp://guest:guest@127.0.0.1:{free_port()}/", PINGS)

    with pytest.raises(BrokerError, match=r"queue pings: .*refused"):
        publisher.publish([Outgoing(Ping(number=1))])
