"""Tests of `image.run`, as a person starts it."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.image.testing import booting


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_service_answers_until_it_is_told_to_end(number: signal.Signals) -> None:
    port = booting.free_port()

    with started("--env", f"PORT={port}") as process:
        got = answer(f"http://127.0.0.1:{port}/sum?4,5")
        process.send_signal(number)
        process.communicate(timeout=30)

    # The example asks for SIGTERM alone; Python itself handles SIGINT, by a KeyboardInterrupt.
    assert got == "9"
    assert process.returncode == (0 if number == signal.SIGTERM else 130)


def said(command: Sequence[str], *arguments: str) -> tuple[int, str]:
    """Return the exit code and the output of a command in the image."""
    with started(*arguments, *command) as process:
        output, errors = process.communicate(timeout=60)
    return process.returncode, output or errors


def test_a_command_replaces_the_image_s_own_and_a_volume_is_shared(
    tmp_path: Path,
) -> None:
    source = "print(open('/data/deep/file', 'w').write('kept'))"

    got = said(["python", "-c", source], f"--volume={tmp_path}:/data/deep")

    assert got == (0, "4\n")
    assert (tmp_path / "file").read_text() == "kept"


def test_a_command_that_is_not_there_is_told() -> None:
    code, text = said(["/bin/none"])

    assert code == 1
    assert "/bin/none" in text
