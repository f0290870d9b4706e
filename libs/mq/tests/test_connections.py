"""Tests that the URL decides the transport."""

from contextlib import closing
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
    with closing(Publisher(f"disk://{tmp_path}/deep/down", PINGS)) as publisher:
        publisher.check()

    assert (tmp_path / "deep/down/messages.sqlite3").exists()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", '"://" with this path names no transport'),
        ("redis://secret@x", '"redis://" with this path names no transport'),
        ("disk://", '"disk://" with this path names no transport'),
        ("disk://relative/secret", '"disk://" with this path names no transport'),
        ("amqp://", "amqp:// names no host"),
        ("amqps://user:secret@/", "amqps:// names no host"),
        ("amqp://u:secret@host:port/", "the port is no number from 1 to 65535"),
        ("amqp://u:secret@host:0/", "the port is no number from 1 to 65535"),
        ("amqp://u:secret@host:99999/", "the port is no number from 1 to 65535"),
        ("amqp://[::1", "the port is no number from 1 to 65535"),
        ("amqp://u:secret@host/a/b", "in a name or password as %2F"),
        ("amqp://u:secret@host/%zz", "in a name or password as %2F"),
        ("amqp://u:5#secret@host/", "in a name or password as %2F"),
        ("amqp://u:secret@host?unknown=1", "?unknown= is unknown, wanted ?heartbeat="),
        ("amqp://host?heartbeat=secret", "?heartbeat= is no whole number"),
    ],
)
def test_wrong_url_is_refused_without_its_password(url: str, reason: str) -> None:
    with pytest.raises(UrlError) as error:
        open_connection(url)

    assert reason in str(error.value)
    assert "secret" not in str(error.value)


def test_parts_of_an_amqp_url_are_unquoted() -> None:
    connection = open_connection("amqp://u:p%2Fw@host:5673/a%2Fb?heartbeat=3")

    assert (connection.password, connection.virtual_host) == ("p/w", "a/b")
    assert (connection.port, connection.heartbeat) == (5673, 3)


def test_broker_that_is_not_there_is_named() -> None:
    publisher = Publisher(f"amqp://guest:guest@127.0.0.1:{free_port()}/", PINGS)

    with pytest.raises(BrokerError, match=r"queue pings: .*refused"):
        publisher.publish([Outgoing.of(Ping(number=1))])
