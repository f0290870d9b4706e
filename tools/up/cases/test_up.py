"""Services run in a tree in which nothing else was built, and by a library's last save."""

import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.nested.checkout import Checkout
from tools.testing.ports import free_port
from tools.testing.waiting import wait_until

BUILD = '''"""A service and its library."""

load("@rules_python//python:py_binary.bzl", "py_binary")
load("@rules_python//python:py_library.bzl", "py_library")
load("//tools/up:defs.bzl", "service")

package(default_visibility = ["//visibility:private"])

py_library(
    name = "flavour",
    srcs = ["flavour.py"],
    data = [":size"],
)

genrule(
    name = "size",
    outs = ["size.txt"],
    cmd = "echo two scoops >$@",
)

py_binary(
    name = "shop",
    srcs = ["__main__.py"],
    main = "__main__.py",
    deps = [":flavour"],
)

service(
    name = "service",
    binary = ":shop",
    port = {port},
    port_variable = "SHOP_PORT",
)
'''
LIBRARY = '''"""What there is."""

from pathlib import Path

FLAVOUR = Path(__file__).with_name("size.txt").read_text() + "{flavour}"
'''
MAIN = '''"""Says what there is."""

import http.server
import os

from case.shop.flavour import FLAVOUR


class Answer(http.server.BaseHTTPRequestHandler):
    """Answers every request alike."""

    def do_GET(self) -> None:
        """Say it."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(FLAVOUR.encode())


if __name__ == "__main__":
    address = ("127.0.0.1", int(os.environ["SHOP_PORT"]))
    http.server.ThreadingHTTPServer(address, Answer).serve_forever()
'''


class Up:
    """A service of the copy, and `//:up` over it once it is started."""

    def __init__(self, checkout: Checkout, folder: Path) -> None:
        self.checkout = checkout
        self.program = folder / "up"
        self.log = folder / "log"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        checkout.write("case/shop/BUILD.bazel", BUILD.format(port=self.port))
        checkout.write("case/shop/__main__.py", MAIN)
        self.save("vanilla")

    def save(self, flavour: str) -> None:
        """Save the library."""
        text = LIBRARY.format(flavour=flavour)
        self.checkout.write("case/shop/flavour.py", text)

    def start(self) -> None:
        """Start what `bazel run //:up -- shop` starts."""
        made = self.checkout.bazel("run", f"--script_path={self.program}", "//:up")
        assert made.exit_code == 0, made.text
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [self.program, "shop"], stdout=log, stderr=log
            )

    def wait_for(self, flavour: str) -> None:
        """Wait for an answer."""
        answer = f"two scoops\n{flavour}"
        wait_until(lambda: self.answer() == answer, 300, self.log.read_text)

    def answer(self) -> str:
        """Return what the service answers, nothing where it doesn't."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/", timeout=10
            ) as got:
                return str(got.read().decode())
        except OSError:
            return ""

    def stop(self) -> int:
        """End it as an orchestrator does, and return its exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        return self.process.wait(timeout=60)


@pytest.fixture
def up(checkout: Checkout, tmp_path: Path) -> Iterator[Up]:
    made = Up(checkout, tmp_path)
    yield made
    made.stop()


def test_service_starts_where_nothing_is_built_and_follows_its_library(
    checkout: Checkout, up: Up, tmp_path: Path
) -> None:
    # A cache has what was built, and the tree nothing of it.
    checkout.own_server(f"build --disk_cache={tmp_path / 'cache'}")
    built = checkout.bazel("build", "//case/shop:size")
    assert built.exit_code == 0, built.text
    checkout.bazel("clean")

    up.start()
    up.wait_for("vanilla")
    up.save("lemon")
    up.wait_for("lemon")

    assert up.stop() == 0
    assert not up.answer()
