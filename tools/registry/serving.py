"""Starts crane's registry on loopback, and nowhere else."""

import os
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from argparse import ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# crane alone would listen on every interface: the address is always given.
HOST = "127.0.0.1"
DEFAULT_PORT = 5000


class PortError(Exception):
    """A port that can't be listened on; its text is for the user."""


def port_number(text: str, most: int = 65535) -> int:
    """Return the port that an option names, for argparse.

    Raises:
      ArgumentTypeError: it is none.
    """
    if not (text.isdecimal() and int(text) <= most):
        raise ArgumentTypeError(f"{text!r} is no port, wanted 0 to {most}")
    return int(text)


def free_port(port: int) -> int:
    """Return the port, or any free one for 0.

    Raises:
      PortError: where something listens there already.
    """
    with socket.socket() as probe:
        # A port whose last user has just ended is free, as it is for crane.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortError(_port_text(port, error)) from error
        free: int = probe.getsockname()[1]
        return free


def _port_text(port: int, error: OSError) -> str:
    if answers(f"{HOST}:{port}"):
        return (
            f"a registry already answers at {HOST}:{port}.\n"
            "Fix: use it, or end it, or serve another one by -- --port 0."
        )
    return (
        f"{HOST}:{port} can't be listened on: {error}.\n"
        "Fix: end what uses it (ss -ltnp names it), or choose a port by -- --port 0."
    )


def answers(registry: str) -> bool:
    """Return whether a registry answers at HOST:PORT."""
    try:
        with urllib.request.urlopen(f"http://{registry}/v2/", timeout=2) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as error:
        # One that wants a password is a registry too.
        with error:
            return error.code == 401
    except OSError, ValueError:
        return False


def command(crane: str, port: int, disk: Path | None = None) -> list[str]:
    """Return the command line that serves a registry."""
    serve = [crane, "registry", "serve", "--address", f"{HOST}:{port}"]
    return [*serve, "--disk", str(disk)] if disk else serve


def serve(arguments: Sequence[str]) -> int:
    """Become the registry, so that a signal to this process ends it."""
    os.execv(arguments[0], list(arguments))  # noqa: S606 (no shell is the point)


@contextmanager
def running(crane: str) -> Iterator[str]:
    """Serve a registry on a free port while the block runs, for tests.

    Yields:
      Its address as HOST:PORT.
    """
    process = subprocess.Popen(
        command(crane, 0), stderr=subprocess.PIPE, encoding="utf-8"
    )
    talk = iter(process.stderr or ())
    line = next(talk, "").strip()
    # A line for each request follows: unread, they would fill the pipe and stop crane.
    reader = threading.Thread(target=lambda: [None for _ in talk])
    reader.start()
    try:
        port = line.rpartition("serving on port ")[2]
        if not port.isdigit():
            raise RuntimeError(f"{crane} serves no registry: {line}")
        yield f"{HOST}:{port}"
    finally:
        process.terminate()
        process.wait()
        reader.join()
        if process.stderr:
            process.stderr.close()
