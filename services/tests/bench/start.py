"""Measures how long the API takes from its start to its first answer."""

import statistics
import subprocess
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from services.tests.programs import API
from tools.testing.ports import free_port

_ROUNDS = 7


def measure(folder: Path) -> list[str]:
    """Return the figures, one a line."""
    taken = [_start(folder) for _ in range(_ROUNDS)]
    return [
        f"start to the first /healthz: median {statistics.median(taken):.2f} s, "
        f"best {min(taken):.2f} s (wanted: at most 1.00)"
    ]


def _start(folder: Path) -> float:
    port = str(free_port())
    environment = {"XDG_STATE_HOME": str(folder), "PATH": "/usr/bin:/bin"}
    started = time.perf_counter()
    with subprocess.Popen(
        [API, "--port", port],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        while not _answers(port):
            time.sleep(0.005)
        taken = time.perf_counter() - started
        process.terminate()
    return taken


def _answers(port: str) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz") as response:
            return bool(response.status == 200)
    except URLError:
        return False
