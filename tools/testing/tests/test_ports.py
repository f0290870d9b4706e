"""Tests of the ports that servers of tests listen on."""

import socket

import pytest

from tools.testing import ports


def test_no_port_is_given_twice_or_is_one_that_clients_take() -> None:
    given = [ports.free_port() for _ in range(5000)]

    assert len(set(given)) == 5000
    assert max(given) < 32_768


def test_a_port_that_is_listened_on_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        free = ports.free_port()
        monkeypatch.setattr(ports, "_unused", iter([taken, free]))

        assert ports.free_port() == free


def test_no_port_left_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_unused", iter([]))

    with pytest.raises(RuntimeError, match=r"^127\.0\.0\.1 has no port left in "):
        ports.free_port()
