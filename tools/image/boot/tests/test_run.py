"""Tests of `image.run`, as a person starts it."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.image.testing import booting


@pytest.fixture(autouse=True, scope="module")
def namespaces() -> None:
    booting.require_namespaces(os.environ["BWRAP"])


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start the image with what `bazel run` gives, and arguments."""
    given = [f"--bwrap={os.environ['BWRAP']}", f"--image={os.environ['IMAGE']}"]
    with subprocess.Popen(
        [os.environ["RUN"], *given, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def answer(url: str, seconds: float = 60) -> str:
    """Return what a service answers, once it does."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=seconds) as response:
                return str(response.read().decode())
        except urllib.error.URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def test_the_service_answers_until_it_is_told_to_end() -> None:
    port = booting.free_port()

    with started("--env", f"PORT={port}") as process:
        got = answer(f"http://127.0.0.1:{port}/sum?4,5")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    assert (got, process.returncode) == ("9", 0)


def test_a_command_replaces_the_image_s_own_and_writes_to_a_volume(
    tmp_path: Path,
) -> None:
    # One long sleep could begin just after the signal, and not be interrupted.
    source = (
        "import time\n"
        "print(open('/data/deep/file', 'w').write('kept'), flush=True)\n"
        "while True: time.sleep(0.05)"
    )

    with started(f"--volume={tmp_path}:/data/deep", "python", "-c", source) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        # As Ctrl-C does.
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert (told, process.returncode) == ("4\n", 128 + signal.SIGINT)
    assert (tmp_path / "file").read_text() == "kept"


def test_a_command_that_is_not_there_is_told() -> None:
    with started("/bin/none") as process:
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "/bin/none" in errors
