"""Drives a real headless Chromium through its debugging pipe: no driver, no network."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from libs.mq.tests.sandboxes import host_tool

# Chromium reads commands from descriptor 3 and answers on 4; Popen can't choose numbers.
_ON_DESCRIPTORS = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""

type Json = dict[str, Any]  # Any: what JSON gives


class Page:
    """One page, attached to by the protocol of the developer tools."""

    def __init__(self, commands: BinaryIO, answers: BinaryIO) -> None:
        """Attach to a new, empty page."""
        self._commands = commands
        self._answers = answers
        self._count = 0
        self._session: str | None = None
        self.requested: list[str] = []
        self.errors: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> Json:
        """Send a command, and return its result."""
        self._count += 1
        command: Json = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        self._commands.write(json.dumps(command).encode() + b"\0")
        self._commands.flush()
        while (message := self._read()).get("id") != self._count:
            self._note(message)
        if "error" in message:
            raise AssertionError(f"{method}: {message['error']}")
        return dict(message["result"])

    def open(self, url: str) -> None:
        """Go to an address, and wait until the page is there."""
        self.call("Page.navigate", url=url)
        while True:
            message = self._read()
            self._note(message)
            if message.get("method") == "Page.loadEventFired":
                return

    def evaluate(self, expression: str) -> Any:  # Any: what JavaScript gives
        """Return the value of an expression; a promise is waited for."""
        result = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in result:
            raise AssertionError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def drag(self, *points: tuple[float, float]) -> None:
        """Move the mouse from point to point with its button down."""
        kinds = ["mousePressed", *["mouseMoved"] * (len(points) - 1), "mouseReleased"]
        for kind, (x, y) in zip(kinds, [*points, points[-1]], strict=True):
            buttons = 0 if kind == "mouseReleased" else 1
            self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=x,
                y=y,
                buttons=buttons,
                button="left",
                clickCount=1,
            )

    def _read(self) -> Json:
        message = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            if not byte:
                raise AssertionError("Chromium ended")
            message += byte
        return dict(json.loads(message))

    def _note(self, message: Json) -> None:
        match message:
            case {"method": "Network.requestWillBeSent", "params": parameters}:
                self.requested.append(parameters["request"]["url"])
            case {"method": "Runtime.exceptionThrown" | "Log.entryAdded"}:
                self.errors.append(json.dumps(message["params"]))


@contextmanager
def browsing(folder: Path) -> Iterator[Page]:
    """Run Chromium with a profile in a folder, and give a page of it."""
    commands_out, commands_in = _high_pipe()
    answers_out, answers_in = _high_pipe()
    with (folder / "chromium.log").open("ab") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-I", "-c", _ON_DESCRIPTORS),
                *(str(commands_out), str(answers_in), host_tool("chromium")),
                *("--headless", "--no-sandbox", "--disable-gpu"),
                *("--disable-dev-shm-usage", "--remote-debugging-pipe"),
                f"--user-data-dir={folder / 'profile'}",
            ],
            pass_fds=(commands_out, answers_in),
            # Its socket's path may have 107 bytes, which a test's own folder exceeds.
            env=os.environ | {"HOME": str(folder), "TMPDIR": "/tmp"},
            stdout=log,
            stderr=log,
        )
    os.close(commands_out)
    os.close(answers_in)
    try:
        with open(commands_in, "wb") as commands, open(answers_out, "rb") as answers:
            yield Page(commands, answers)
    except BaseException:
        print((folder / "chromium.log").read_text(errors="replace"))
        raise
    finally:
        process.kill()
        process.wait()


def _high_pipe() -> tuple[int, int]:
    """Return a pipe whose numbers the two that Chromium wants can't overwrite."""
    low = os.pipe()
    reading, writing = (fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 10) for each in low)
    for each in low:
        os.close(each)
    return reading, writing
