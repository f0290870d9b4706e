"""Drives headless Chromium over its own pipe, so that a program sees what a reader sees.

Protocol: https://chromedevtools.github.io/devtools-protocol/
"""

import base64
import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Chromium reads commands from descriptor 3 and writes answers to 4.
_COMMANDS, _ANSWERS = 3, 4
# How long it may take to answer, or to end.
_SECONDS = 60
_FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    # A test has a sandbox of its own around it, and leaves it no right to make another.
    "--no-sandbox",
)


class BrowserError(Exception):
    """Chromium, or a script in the page, has refused."""


class Browser:
    """One page in Chromium."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._received = b""
        self._number = 0
        self._session = ""
        # What went wrong in the page, and the addresses it has asked for.
        self.errors: list[str] = []
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    # The protocol's answers have a form per method.
    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        return self._call(method, parameters, self._session)

    def _call(
        self, method: str, parameters: dict[str, Any], session: str
    ) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read(method)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise BrowserError(f"{method} {parameters}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _read(self, method: str) -> dict[str, Any]:
        """Return the next message, and remember what it tells of the page."""
        while b"\0" not in self._received:
            if not select.select([self._answers], [], [], _SECONDS)[0]:
                raise BrowserError(f"{method}: no answer within {_SECONDS} s")
            received = os.read(self._answers, 1 << 16)
            if not received:
                raise BrokenPipeError("Chromium has ended")
            self._received += received
        raw, _, self._received = self._received.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        if message.get("method") == "Runtime.exceptionThrown":
            self.errors.append(str(message["params"]["exceptionDetails"]))
        elif message.get("method") in (
            "Log.entryAdded",
            "Page.javascriptDialogOpening",
        ):
            self.errors.append(str(message["params"]))
        elif message.get("method") == "Network.requestWillBeSent":
            self.requests.append(message["params"]["request"]["url"])
        return message

    def cpu_time(self) -> float:
        """Return the seconds that pages have computed; a busy machine adds nothing to them."""
        got = self._call("SystemInfo.getProcessInfo", {}, "")["processInfo"]
        return float(sum(x["cpuTime"] for x in got if x["type"] == "renderer"))

    def open(self, url: str) -> None:
        """Go to a page and wait until it has loaded."""
        self.run("window.isLeft = true")
        self.call("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete' && !window.isLeft")

    def run(self, script: str) -> Any:  # whatever the script's value is
        """Return the value of a script in the page."""
        got = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in got:
            raise BrowserError(f"{script}: {got['exceptionDetails']}")
        return got["result"].get("value")

    def wait_for(self, script: str) -> None:
        """Wait until a script's value is true, a frame at a time."""
        frame = "new Promise(done => setTimeout(done, 10))"
        for _ in range(1000):
            if self.run(script):
                return
            self.run(frame)
        raise BrowserError(f"never came true: {script}")

    def click(self, selector: str) -> None:
        """Click in the middle of an element, with the mouse."""
        quoted = json.dumps(selector)
        self.run(
            f"document.querySelector({quoted}).scrollIntoView({{block: 'center'}})"
        )
        # The first box: a link that wraps has several, and nothing in their middle.
        boxes = f"document.querySelector({quoted}).getClientRects()"
        box = self.run(f"{boxes}[0].toJSON()")
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                button="left",
                clickCount=1,
                **place,
            )

    def drag(self, *points: tuple[float, float]) -> None:
        """Move the mouse from point to point with its button down."""
        kinds = ["mousePressed", *["mouseMoved"] * (len(points) - 1), "mouseReleased"]
        for kind, (x, y) in zip(kinds, [*points, points[-1]], strict=True):
            self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                button="left",
                buttons=0 if kind == "mouseReleased" else 1,
                clickCount=1,
                x=x,
                y=y,
            )

    def type(self, text: str) -> None:
        """Type with the keyboard, into whatever has the focus."""
        for letter in text:
            self.call("Input.dispatchKeyEvent", type="keyDown", text=letter, key=letter)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=letter)

    def press(self, key: str) -> None:
        """Press a key that has no letter."""
        text = {"text": "\r"} if key == "Enter" else {}
        code = {"Enter": 13, "Escape": 27, "Tab": 9}[key]
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                **(text if kind == "keyDown" else {}),
            )

    def prefer(self, scheme: str) -> None:
        """Make the system's colour scheme `light` or `dark`."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", features=[feature])

    def screenshot(self, path: Path, width: int, height: int) -> None:
        """Write a picture of the page."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        data = self.call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))


def _high_pipe() -> tuple[int, int]:
    """Return a pipe whose descriptors are none of those that Chromium wants."""
    low = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in low)
    for end in low:
        os.close(end)
    return high[0], high[1]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End Chromium with its children, which write into its folder for as long as they live."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        for _ in range(1000):
            os.killpg(process.pid, signal.SIGKILL)
            process.poll()
            time.sleep(0.01)


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """Give a page in a Chromium of its own."""
    command_end, commands = _high_pipe()
    answers, answer_end = _high_pipe()
    # The descriptors must have these numbers in Chromium: a shell puts them there.
    redirect = f'exec "$@" {_COMMANDS}<&{command_end} {_ANSWERS}>&{answer_end}'
    # A short path: Chromium makes sockets below it, and ends where one's name is long.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        log = Path(folder, "stderr.txt")
        with log.open("w") as stderr:
            process = subprocess.Popen(
                [
                    "bash",
                    "-c",
                    redirect,
                    "bash",
                    program,
                    *_FLAGS,
                    f"--user-data-dir={folder}",
                ],
                pass_fds=(command_end, answer_end),
                # A group of its own: see _end.
                start_new_session=True,
                env={**os.environ, "HOME": folder, "TMPDIR": folder},
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        os.close(command_end)
        os.close(answer_end)
        try:
            yield Browser(commands, answers)
        except BrokenPipeError, BrowserError:
            print(log.read_text())
            raise
        finally:
            os.close(commands)
            os.close(answers)
            _end(process)
