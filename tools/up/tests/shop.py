"""A workspace with one service, //:up over it by a Bazel that answers as a test says, and the ways in which it ends."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

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
        text = os.environ.get(self.path.strip("/"), TEXT)
        self.wfile.write(f"{os.getpid()} {text}".encode())

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
                broker_variable="SHOP_BROKER",
                database_variable="SHOP_DATABASE",
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

    def answer(self, path: str = "") -> str:
        """Return what the service answers, nothing where it doesn't; below a variable's name, with that."""
        address = f"http://127.0.0.1:{self.port}/{path}"
        try:
            with urllib.request.urlopen(address, timeout=10) as got:
                return str(got.read().decode())
        except OSError:
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
    except FileNotFoundError, ProcessLookupError:
        # The second where it goes between the opening and the reading.
        return True
    return state == "Z"


def wait_for_end(process: int) -> None:
    """Wait until a process has ended."""
    wait_until(lambda: is_gone(process))


def terminate(workspace: Workspace, _terminal: int) -> None:
    workspace.send(signal.SIGTERM)


def kill(workspace: Workspace, _terminal: int) -> None:
    workspace.send(signal.SIGKILL)


def ctrl_c(_workspace: Workspace, terminal: int) -> None:
    os.write(terminal, b"\x03")


def close_terminal(_workspace: Workspace, terminal: int) -> None:
    os.close(terminal)


ENDS = [terminate, kill, ctrl_c, close_terminal]
