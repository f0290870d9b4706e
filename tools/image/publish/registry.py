"""Asks registries."""

import socket

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_PATIENCE = 2.0


def host_of(repository: str) -> str:
    """Return the registry's HOST:PORT of HOST/NAME."""
    return repository.partition("/")[0]


def is_silent(repository: str) -> bool:
    """Return whether nothing listens where a registry on this machine should.

    Others are left to the client: only it knows the proxy that leads there.
    """
    host, _, port = host_of(repository).rpartition(":")
    if host not in LOOPBACK or not port.isdigit():
        return False
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _PATIENCE):
            return False
    except OSError:
        return True


def silent_text(repository: str) -> str:
    """Return the sentence for a registry that doesn't answer, and the two ways out."""
    return (
        f"No registry answers at {host_of(repository)}.\n"
        "Fix: start one by bazel run //tools/registry, or name yours by "
        "--//tools/image:registry=HOST/PREFIX."
    )


def interrupted_text(repository: str) -> str:
    """Return the sentence for a push that failed where a registry answers."""
    return (
        f"The push to {repository} failed; what the registry said stands above.\n"
        "Fix: where it wants credentials, log in (docker login, crane auth login); then run the same "
        "command again: it sends only what is missing."
    )
