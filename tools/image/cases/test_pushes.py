"""Pushes under real Bazel: what is sent, what a registry stores, what a cold machine fetches."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools.image.cases.builds import (
    MAIL,
    SHOP,
    add_conflict,
    add_copies,
    built,
    digests,
)
from tools.image.publish.tests import distribution
from tools.nested.cases.projects import add_projects
from tools.nested.checkout import Checkout
from tools.registry import serving


def test_a_service_that_differs_in_its_own_code_adds_a_hundredth(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_REGISTRY", shutil.which("docker-registry") or "")
    copies = add_copies(checkout, 10)
    size = built(checkout, copies[0])[0].size
    push = ("run", "//tools/image:push_all", "--", "--registry")

    with distribution.running(tmp_path / "registry") as full:
        first = checkout.bazel(*push, full.address, "//case/copy_0:all")
        one = full.stored()
        others = checkout.bazel(
            *push, full.address, *(it.replace("image", "all") for it in copies)
        )
        stored = full.stored()

    assert (first.exit_code, others.exit_code) == (0, 0), others.text
    lines = [it for it in others.stdout.splitlines() if it.startswith("pushed")]
    assert len(lines) == 9
    growth = (stored - one) / (len(copies) - 1)
    print(f"each copy adds {growth:,.0f} bytes, {growth / size:.2%} of {size:,}")
    assert growth <= size / 100


@pytest.fixture
def registry() -> Iterator[str]:
    with serving.running(shutil.which("crane") or "crane") as address:
        yield address


def push_all(checkout: Checkout, registry: str, *more: str) -> tuple[int, list[str]]:
    """Push everything; return the exit code and what became of each image."""
    push = ("run", "//tools/image:push_all", "--", "--registry", registry)
    done = checkout.bazel(*push, *more)
    words = ("pushed", "skipped", "failed")
    lines = [line for line in done.stdout.splitlines() if line.startswith(words)]
    return done.exit_code, lines


def test_push_all_sends_what_is_lacking_and_outlives_a_failure(
    checkout: Checkout, registry: str
) -> None:
    add_projects(checkout)
    # The repository's own images are pushed too, each for this machine alone.
    checkout.replace("settings.bzl", '    "linux/amd64",\n    "linux/arm64",\n', "")
    first, told = push_all(checkout, registry)
    broken = add_conflict(checkout)
    second, told_again = push_all(checkout, registry)

    assert first == 0
    assert [line for line in told if not line.startswith("pushed")] == []
    assert any(SHOP in line for line in told)
    assert second == 1
    failed = [line for line in told_again if not line.startswith("skipped")]
    assert failed == [f"failed   {broken}_plan: it doesn't build"]
    assert len(told_again) == len(told) + 1


def test_push_all_without_a_registry_says_so(checkout: Checkout) -> None:
    got = checkout.bazel(
        "run", "//tools/image:push_all", "--", "--registry", "127.0.0.1:1"
    )

    assert got.exit_code == 1
    assert "No registry answers at 127.0.0.1:1.\nFix: " in got.text


@dataclass
class Cache:
    """A remote cache: what it holds, and which blobs were fetched from it, by their digests."""

    address: str = ""
    blobs: dict[str, bytes] = field(default_factory=dict)
    fetched: set[str] = field(default_factory=set)

    def held(self) -> set[str]:
        """Return the digests of what it holds."""
        return {path.rpartition("/")[2] for path in self.blobs}


@contextmanager
def remote_cache() -> Iterator[Cache]:
    """Serve a remote cache."""
    cache = Cache()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Give a blob."""
            content = cache.blobs.get(self.path)
            if content is not None:
                cache.fetched.add(self.path.rpartition("/")[2])
            self._answer(404 if content is None else 200, content or b"")

        def do_PUT(self) -> None:
            """Take a blob."""
            length = int(self.headers["Content-Length"])
            cache.blobs[self.path] = self.rfile.read(length)
            self._answer(200, b"")

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        # pyrefly: ignore[bad-override]  # it is called by position
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            cache.address = f"http://127.0.0.1:{server.server_port}"
            yield cache
        finally:
            server.shutdown()
            thread.join(30)
            assert not thread.is_alive(), "the cache serves on 30 s after its shutdown"


def test_a_cold_machine_fetches_no_layer_that_the_registry_has(
    checkout: Checkout, registry: str
) -> None:
    add_projects(checkout)
    options = ["//case/...", "--bazel-flag=--config=nochecks"]
    with remote_cache() as cache:
        options.append(f"--bazel-flag=--remote_cache={cache.address}")
        # What was built before is in no cache.
        checkout.bazel("clean")
        warm, _ = push_all(checkout, registry, *options)
        images = built(checkout, SHOP, MAIL)
        # The base comes from no action.
        layers = {it.partition(":")[2] for one in images for it in digests(one)[1:]}
        checkout.bazel("clean")
        cache.fetched.clear()
        cold, told = push_all(checkout, registry, *options)
        # Another commit, so that other documents are made, and the image stays as it is.
        checkout.bazel("clean")
        stamped, told_more = push_all(checkout, registry, "--stamp", *options)

    assert (warm, cold, stamped) == (0, 0, 0)
    assert layers <= cache.held()
    assert [line for line in told if not line.endswith(": the registry has it")] == []
    assert all("sent what it lacked of its documents" in line for line in told_more)
    assert len(told) == len(told_more) == 2
    assert cache.fetched
    assert layers & cache.fetched == set()
