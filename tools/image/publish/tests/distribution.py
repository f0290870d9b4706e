"""Runs Debian's docker-registry: a full registry, unlike crane's, that tells what it was asked."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.registry import serving
from tools.testing.ports import free_port

_REQUEST = re.compile(r'"([A-Z]+) (/v2/\S*) HTTP/1\.[01]" (\d+)')


@dataclass
class Distribution:
    """A registry, its folder and its process."""

    folder: Path
    port: int
    htpasswd: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Return HOST:PORT."""
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Return the file with a line for each request."""
        return self.folder / "log.txt"

    def requests(self, method: str) -> list[str]:
        """Return the paths of the requests of a method that were granted."""
        found = _REQUEST.findall(self.log.read_text(errors="replace"))
        return [
            path
            for verb, path, status in found
            if verb == method and status.startswith("2")
        ]

    def uploads(self) -> list[str]:
        """Return the requests that sent a blob's bytes."""
        return self.requests("PATCH")

    def mounts(self) -> list[str]:
        """Return the blobs that were mounted from another repository."""
        return [path for path in self.requests("POST") if "mount=" in path]

    def clear_log(self) -> None:
        """Forget the requests so far."""
        os.truncate(self.log, 0)

    def stored(self) -> int:
        """Return how many bytes the registry stores."""
        return sum(
            path.stat().st_size
            for path in (self.folder / "data").rglob("*")
            if path.is_file()
        )

    def start(self) -> None:
        """Serve, and wait until it answers."""
        config: dict[str, object] = {
            "version": 0.1,
            "log": {"level": "error", "accesslog": {"disabled": False}},
            "storage": {"filesystem": {"rootdirectory": str(self.folder / "data")}},
            "http": {"addr": self.address},
        }
        if self.htpasswd:
            config["auth"] = {"htpasswd": {"realm": "test", "path": str(self.htpasswd)}}
        # JSON is YAML.
        path = self.folder / "config.yml"
        path.write_text(json.dumps(config))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [os.environ["DOCKER_REGISTRY"], "serve", str(path)],
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + 20
        while not serving.answers(self.address):
            if time.monotonic() > end:
                raise TimeoutError(self.log.read_text(errors="replace"))
            time.sleep(0.02)

    def kill_at_rest(self) -> None:
        """End it at once when it has done all that it can with what has arrived.

        Killed while it notes a blob, it keeps an empty note for good, and answers 500 for that blob.
        """
        seen, end = -1, time.monotonic() + 60
        while seen != (now := self.log.stat().st_size):
            if time.monotonic() > end:
                raise TimeoutError("the registry still logs requests after 60 s")
            seen = now
            time.sleep(0.3)
        self.kill()

    def kill(self) -> None:
        """End it at once."""
        if self.process:
            self.process.kill()
            self.process.wait(30)
            self.process = None


@contextmanager
def running(folder: Path, htpasswd: Path | None = None) -> Iterator[Distribution]:
    """Serve a registry while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    registry = Distribution(folder, free_port(), htpasswd)
    registry.start()
    try:
        yield registry
    finally:
        registry.kill()
