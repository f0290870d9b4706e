"""Tests of the real program over a Bazel that answers as a test says, and of all the ways in which it ends."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tools.testing.ports import free_port
from tools.testing.waiting import wait_until
from tools.workspace.fake_bazel import FakeBazel
from tools.workspace.git import git

UP = Path("tools/up/up")
SAVED = "shop/answer.txt"
# Answers with its process and what was saved when it started; `broken` ends it.
SERVICE = """import http.server, os, pathlib, sys

TEXT = pathlib.Path("shop/answer.txt").read_text()
if TEXT == "broken":
    sys.exit("no such flavour")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{os.getpid()} {TEXT}".encode())

    def log_message(self, *_):
        pass


port = int(os.environ["SHOP_PORT"])
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""

# As rules_python's launchers do.
LAUNCHER = """#!/bin/sh
exec {python} $RULES_PYTHON_ADDITIONAL_INTERPRETER_ARGS "$0.runfiles/_main/shop/main.py"
"""


def attributes(**fields: str | int) -> list[dict[str, str | int]]:
    return [
        {"name": name, "intValue" if isinstance(value, int) else "stringValue": value}
        for name, value in fields.items()
    ]


@dataclass
class Workspace:
    """A workspace with one service, and the program over it."""

    bazel: FakeBazel
    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def install(self) -> None:
        """Have Bazel build the service, whose one source is a link into the workspace."""
        rule = {
            "name": "//shop:service",
            "ruleClass": "service",
            "attribute": attributes(
                binary="//shop:shop",
                port=self.port,
                port_variable="SHOP_PORT",
                ready_path="/readyz",
            ),
        }
        self.bazel.answer = json.dumps({"type": "RULE", "rule": rule})
        self.bazel.targets = ["//shop:service"]
        self.bazel.outputs = {
            "default": {"shop/shop": LAUNCHER.format(python=sys.executable)}
        }
        self.save("vanilla")
        git(self.bazel.root, "init", "--quiet")
        self.bazel.install()
        program = self.bazel.root / "bazel out/shop/shop"
        program.chmod(0o755)
        source = Path(f"{program}.runfiles/_main", SAVED)
        source.parent.mkdir(parents=True)
        source.symlink_to(self.bazel.root / SAVED)
        (source.parent / "main.py").write_text(SERVICE)
        (source.parents[2] / "MANIFEST").touch()

    def save(self, text: str) -> None:
        """Save the service's one source."""
        file = self.bazel.root / SAVED
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    def start(self, *arguments: str, terminal: int | None = None) -> None:
        """Start the program, at a terminal where one is given."""
        with self.log.open("wb") as log:
            at_terminal = [] if terminal is None else ["setsid", "--ctty"]
            self.process = subprocess.Popen(
                [*at_terminal, UP, *arguments],
                env={**os.environ, "BUILD_WORKSPACE_DIRECTORY": str(self.bazel.root)},
                stdin=subprocess.DEVNULL if terminal is None else terminal,
                stdout=log if terminal is None else terminal,
                stderr=subprocess.STDOUT,
            )

    def send(self, number: int) -> None:
        """Send the program a signal."""
        if self.process:
            self.process.send_signal(number)

    def answer(self) -> str:
        """Return what the service answers, nothing where it doesn't."""
        address = f"http://127.0.0.1:{self.port}/"
        try:
            with urllib.request.urlopen(address, timeout=10) as got:
                return str(got.read().decode())
        except OSError, urllib.error.URLError:
            return ""

    def wait_for(self, text: str) -> int:
        """Wait until the service answers with what was saved, and return its process."""
        wait_until(lambda: self.answer().endswith(f" {text}"), seen=self.output)
        return int(self.answer().split()[0])

    def wait_for_line(self, text: str) -> None:
        """Wait until the program says something."""
        wait_until(lambda: text in self.output(), seen=self.output)

    def output(self) -> str:
        """Return what the program said so far."""
        return self.log.read_text(errors="replace")


def is_gone(process: int) -> bool:
    """Return whether a process has ended; nobody may have asked for its exit code yet."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def wait_for_end(process: int) -> None:
    """Wait until a process has ended."""
    wait_until(lambda: is_gone(process))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    root = tmp_path / "a workspace"
    root.mkdir()
    workspace = Workspace(FakeBazel(root), tmp_path / "log")
    workspace.install()
    yield workspace
    if workspace.process:
        workspace.process.terminate()
        workspace.process.wait(60)


def test_save_is_answered_by_new_code_at_the_same_address(workspace: Workspace) -> None:
    workspace.start()
    first = workspace.wait_for("vanilla")

    workspace.save("lemon")
    second = workspace.wait_for("lemon")

    assert first != second
    wait_for_end(first)
    ready = rf"^shop  \| ready at http://127\.0\.0\.1:{workspace.port} \("
    assert len(re.findall(ready, workspace.output(), re.MULTILINE)) == 2


def test_save_of_something_else_starts_nothing(workspace: Workspace) -> None:
    workspace.start()
    process = workspace.wait_for("vanilla")
    asked = len(workspace.bazel.asked())

    (workspace.bazel.root / "shop/notes.txt").write_text("not in the graph")
    wait_until(lambda: len(workspace.bazel.asked()) > asked)
    workspace.save("lemon")

    assert workspace.wait_for("lemon") != process
    assert workspace.output().count("ready at") == 2


def test_code_that_does_not_start_leaves_what_serves(workspace: Workspace) -> None:
    workspace.start()
    process = workspace.wait_for("vanilla")

    workspace.save("broken")
    workspace.wait_for_line("ended before it was ready; what ran before still serves")

    assert "shop  | no such flavour" in workspace.output()
    assert workspace.wait_for("vanilla") == process
    workspace.save("lemon")
    assert workspace.wait_for("lemon") != process


def test_code_that_can_not_be_built_leaves_what_serves(workspace: Workspace) -> None:
    workspace.start()
    process = workspace.wait_for("vanilla")

    workspace.bazel.targets, workspace.bazel.exit_code = [], 1
    workspace.bazel.complaint = "ERROR: no such target"
    workspace.bazel.install()
    workspace.save("lemon")
    workspace.wait_for_line("can't be built; Bazel says above why")

    assert workspace.wait_for("vanilla") == process
    assert "bazel | ERROR: no such target" in workspace.output()


def test_unknown_service_is_refused_with_those_that_are_known(
    workspace: Workspace,
) -> None:
    workspace.start("shopp")

    assert workspace.process is not None
    assert workspace.process.wait(60) == 2
    assert "shopp: no such service; declared are: shop." in workspace.output()


def terminate(workspace: Workspace, _terminal: int) -> None:
    workspace.send(signal.SIGTERM)


def kill(workspace: Workspace, _terminal: int) -> None:
    workspace.send(signal.SIGKILL)


def ctrl_c(_workspace: Workspace, terminal: int) -> None:
    os.write(terminal, b"\x03")


def close_terminal(_workspace: Workspace, terminal: int) -> None:
    os.close(terminal)


@pytest.mark.parametrize("end", [terminate, kill, ctrl_c, close_terminal])
def test_nothing_is_left_however_it_ends(
    workspace: Workspace, end: Callable[[Workspace, int], None]
) -> None:
    for _ in range(3):
        ours, theirs = pty.openpty()
        workspace.start(terminal=theirs)
        os.close(theirs)
        process = workspace.wait_for("vanilla")

        end(workspace, ours)

        assert workspace.process is not None
        workspace.process.wait(60)
        wait_for_end(process)
        assert workspace.answer() == ""
