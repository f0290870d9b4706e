"""A cache that two checkouts share, served by nginx: all hits, and right answers where outputs stay there."""

import base64
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.nested.checkout import Checkout
from tools.registry.serving import HOST, free_port
from tools.remote.cases.processes import LOCAL, processes
from tools.remote.up import write_settings
from tools.testing.waiting import wait_until

TESTS = ("//tools/lock/...", "//tools/workspace/...")
LEAF = "tools/workspace/names.py"
BUILD = ("build", "//tools/workspace:names")
MINIMAL = "build --remote_download_outputs=minimal"
# How servers answer that are full, and that don't know who asks.
FULL = "if ($request_method = PUT) { return 507; }"
CLOSED = "return 401;"


class Server:
    """nginx, and where it listens."""

    def __init__(self, folder: Path, answer: str = "") -> None:
        self.folder = folder
        self.port, self.readonly = free_port(0), free_port(0)
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        settings = write_settings(folder, self.port, self.readonly)
        text = settings.read_text().replace("server {", f"server {{ {answer}")
        settings.write_text(text)
        self.process = subprocess.Popen([nginx, "-p", folder, "-c", settings])
        wait_until(lambda: answers(self.port), 60)

    def options(self, config: str) -> tuple[str, str]:
        """Return the lines that a checkout's own settings have for it."""
        port = self.port if config == "cache-write" else self.readonly
        return (
            f"build --config={config}",
            f"build --remote_cache=http://{HOST}:{port}",
        )

    def requests(self, method: str) -> int:
        """Return how many requests it has answered."""
        log = (self.folder / "access.log").read_text(errors="replace")
        return log.count(f'"{method} /')

    def after(self, requests: int, act: Callable[[], None]) -> None:
        """Do something once so many more requests have been answered."""
        wanted = self.requests("GET") + requests

        def wait() -> None:
            wait_until(lambda: self.requests("GET") >= wanted, 300)
            act()

        threading.Thread(target=wait).start()

    def lose(self) -> None:
        """Forget all outputs, and none of what actions had."""
        shutil.rmtree(self.folder / "blobs/cas")

    def blobs_with(self, *texts: object) -> list[str]:
        """Return the blobs that hold one of some texts."""
        words = [str(text).encode() for text in texts]
        blobs = filter(Path.is_file, self.folder.glob("blobs/**/*"))
        held = {blob.name: blob.read_bytes() for blob in blobs}
        return [name for name, data in held.items() if any(w in data for w in words)]

    def stop(self) -> None:
        """End it at once, as a machine that goes."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def answers(port: int) -> bool:
    """Return whether anything listens on a port."""
    with socket.socket() as client:
        return not client.connect_ex((HOST, port))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path / "cache")
    yield started
    started.stop()


def test_another_checkout_runs_nothing_again(
    make_checkout: Callable[[], Checkout], server: Server
) -> None:
    first, second = make_checkout(), make_checkout()
    first.own_server(*server.options("cache-write"))
    second.own_server(*server.options("cache"), MINIMAL)
    made = first.bazel("test", *TESTS)
    puts = server.requests("PUT")

    got = second.bazel("test", *TESTS)
    check = second.bazel("run", "//:check", "--", *TESTS)
    covered = first.bazel("coverage", "//tools/lock/...")
    again = second.bazel("coverage", "//tools/lock/...")
    page = second.bazel("run", "//tools/test_coverage", "--", "--last")

    assert (made.exit_code, got.exit_code) == (0, 0), made.text + got.text
    assert set(processes(got)) <= {"remote cache hit", *LOCAL}, processes(got)
    assert processes(got)["remote cache hit"] > 50
    assert puts > 50
    host = f'hostname="{socket.gethostname()}"'
    assert not server.blobs_with(host, first.output_base, first.root)
    assert (check.exit_code, "Traceback" in check.text) == (0, False), check.text
    assert (covered.exit_code, again.exit_code) == (0, 0), covered.text + again.text
    assert page.exit_code == 0, page.text
    assert "failed" not in page.text


def test_what_happens_to_the_server_fails_no_build(
    checkout: Checkout, server: Server
) -> None:
    checkout.own_server(*server.options("cache-write"))
    filled = checkout.bazel(*BUILD)
    checkout.own_server(*server.options("cache"))
    puts = server.requests("PUT")
    source = (checkout.root / LEAF).read_text()
    checkout.write(LEAF, f"{source}\n\n# More.\n")
    read = checkout.bazel(*BUILD)
    checkout.write(LEAF, source)
    for blob in server.folder.glob("blobs/cas/**/*"):
        if blob.is_file():
            blob.write_bytes(b"x" + blob.read_bytes()[1:])
    checkout.bazel("clean")
    damaged = checkout.bazel(*BUILD)
    server.lose()
    checkout.bazel("clean")
    evicted = checkout.bazel(*BUILD)
    server.stop()
    checkout.bazel("clean")
    gone = checkout.bazel(*BUILD)

    assert filled.exit_code == 0, filled.text
    assert server.requests("PUT") == puts > 0
    for got in (read, damaged, evicted, gone):
        assert got.exit_code == 0, got.text


def test_what_happens_while_a_build_runs_fails_none(
    checkout: Checkout, server: Server
) -> None:
    checkout.own_server(*server.options("cache-write"))
    checkout.bazel(*BUILD)
    checkout.bazel("clean")
    server.after(3, server.lose)
    evicted = checkout.bazel(*BUILD)
    checkout.bazel("clean")
    server.after(3, server.stop)
    killed = checkout.bazel(*BUILD)

    assert (evicted.exit_code, killed.exit_code) == (0, 0), evicted.text + killed.text
    assert "WARNING: Remote Cache: " in killed.text, killed.text


@pytest.mark.parametrize(("answer", "said"), [(FULL, "507"), (CLOSED, "401")])
def test_a_server_that_takes_nothing_fails_no_build(
    checkout: Checkout, tmp_path: Path, answer: str, said: str
) -> None:
    secret = base64.b64encode(b"person:secret").decode()
    refusing = Server(tmp_path / "cache", answer)
    checkout.own_server(
        *refusing.options("cache-write"),
        f"build --remote_header=Authorization='Basic {secret}'",
    )
    checkout.bazel("clean")

    try:
        got = checkout.bazel(*BUILD)
    finally:
        refusing.stop()

    assert got.exit_code == 0, got.text
    assert "WARNING: Remote Cache: " in got.text, got.text
    assert said in got.text
    assert secret not in got.text


def test_a_silent_server_costs_each_request_twice_its_time(checkout: Checkout) -> None:
    with socket.create_server((HOST, 0)) as silent:
        address = f"http://{HOST}:{silent.getsockname()[1]}"
        checkout.own_server(
            f"build --config=cache --remote_cache={address} --remote_timeout=1"
        )
        checkout.bazel("clean")
        started = time.monotonic()
        got = checkout.bazel(*BUILD)

    assert got.exit_code == 0, got.text
    assert "WARNING: Remote Cache: " in got.text, got.text
    assert time.monotonic() - started < 120
