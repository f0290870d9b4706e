"""A client of the Debug Adapter Protocol, as small as a test needs: https://microsoft.github.io/debug-adapter-protocol."""

import json
import socket
import time
from pathlib import Path
from typing import Any, Self

# Any: a message of the protocol, as JSON.
type Message = dict[str, Any]

_SECONDS = 60


class Debugger:
    """An editor's side of a debugging session."""

    def __init__(self, port: int) -> None:
        """Connect, as soon as somebody listens."""
        end = time.monotonic() + _SECONDS
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", port), _SECONDS)
                break
            except ConnectionRefusedError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        self._stream = self._socket.makefile("rb")
        self._number = 0
        self._seen: list[Message] = []

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._stream.close()
        self._socket.close()

    def attach(self, breakpoints: dict[Path, int]) -> None:
        """Attach with a breakpoint in each of some files, and let the program begin."""
        self.request("initialize", adapterID="test", pathFormat="path")
        self.send("attach", justMyCode=False)
        self.event("initialized")
        for path, line in breakpoints.items():
            where = {"source": {"path": str(path)}, "breakpoints": [{"line": line}]}
            self.request("setBreakpoints", **where)
        self.request("configurationDone")

    def stop_at(self) -> tuple[str, int, int]:
        """Wait until the program stops; return the file, the line and the frame's number."""
        thread = self.event("stopped")["threadId"]
        frame = self.request("stackTrace", threadId=thread)["stackFrames"][0]
        return frame["source"]["path"], frame["line"], frame["id"]

    def value(self, expression: str, frame: int) -> str:
        """Return what an expression is where the program has stopped."""
        found = self.request("evaluate", expression=expression, frameId=frame)
        return str(found["result"])

    def go_on_to_the_end(self) -> None:
        """Let the program go on, and wait until it has ended."""
        self.request("continue", threadId=1)
        self.event("terminated")

    def send(self, command: str, **arguments: object) -> int:
        """Send a request, and return its number."""
        self._number += 1
        message = {"seq": self._number, "type": "request", "command": command}
        text = json.dumps({**message, "arguments": arguments}).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        return self._number

    def request(self, command: str, **arguments: object) -> Message:
        """Send a request, and return the body of its answer."""
        number = self.send(command, **arguments)
        answer = self._wait(lambda message: message.get("request_seq") == number)
        assert answer["success"], answer
        body: Message = answer.get("body", {})
        return body

    def event(self, name: str) -> Message:
        """Return the body of the next event of a name."""
        event = self._wait(lambda message: message.get("event") == name)
        body: Message = event.get("body", {})
        return body

    def _wait(self, wanted: Any) -> Message:
        while True:
            for message in self._seen:
                if wanted(message):
                    self._seen.remove(message)
                    return message
            self._seen.append(self._read())

    def _read(self) -> Message:
        length = 0
        while line := self._stream.readline().strip():
            length = int(line.rpartition(b":")[2])
        assert length, "the program hung up"
        message: Message = json.loads(self._stream.read(length))
        return message
