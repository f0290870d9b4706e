"""Tests of the socket that the service listens on, and of what it tells a person."""

import socket

from services.fastapi_ml import server


def test_answers_do_not_wait_for_the_clients_acknowledgement() -> None:
    with (
        server.listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname(), 30),
    ):
        listener.settimeout(30)
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_ipv6_address_is_told_in_brackets() -> None:
    with server.listen("::1", 0) as listener:
        port = listener.getsockname()[1]

        assert server.url(listener) == f"http://[::1]:{port}"
