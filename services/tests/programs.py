"""Starts the real programs for a test, and stops them."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import httpx2 as httpx

API = Path("services/fastapi_ml/fastapi_ml")
WORKER = Path("services/common_ml/common_ml")

_START_SECONDS = 60
_STOP_SECONDS = 30


class Program:
    """A running program, and where it says that it can be reached."""

    def __init__(
        self, path: Path, log: Path, environment: Mapping[str, str], *arguments: str
    ) -> None:
        """Start it; its log lines go to a file."""
        self._log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [path, *arguments],
                # The clone's state is of no test that `bazel run` starts.
                env={**os.environ, "BUILD_WORKSPACE_DIRECTORY": "", **environment},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        if self.process.stdout is None:
            raise AssertionError("Popen was asked for a pipe")
        # Ends a program that doesn't start, and so the line that is waited for.
        end = threading.Timer(_START_SECONDS, self.process.kill)
        end.start()
        self.greeting = self.process.stdout.readline()
        end.cancel()
        self.started = time.monotonic()
        words = [word for word in self.greeting.split() if word.startswith("http://")]
        if not words:
            self.kill()
            raise AssertionError(
                f"{path} didn't start in {_START_SECONDS} s:\n{self.log}"
            )
        self.address = words[0].removesuffix("/healthz")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Kill it where the test has not ended it."""
        self.kill()

    @property
    def log(self) -> str:
        """Return what it logged."""
        return self._log.read_text(errors="replace")

    def kill(self) -> None:
        """End it by SIGKILL."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(_STOP_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def terminate(self) -> int:
        """End it by SIGTERM, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=_STOP_SECONDS)


def start_api(folder: Path, environment: Mapping[str, str], port: int = 0) -> Program:
    """Start the API; its log is in the folder."""
    return Program(API, folder / "api.log", environment, "--port", str(port))


def start_worker(
    folder: Path, environment: Mapping[str, str], *arguments: str
) -> Program:
    """Start a worker; its log is in the folder."""
    log = folder / "worker.log"
    return Program(WORKER, log, environment, "--health-port", "0", *arguments)


def is_ready(client: httpx.Client) -> bool:
    """Return whether an API says that it is ready."""
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False
