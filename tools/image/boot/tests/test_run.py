"""Tests of `image.run`, as a person starts it."""

import os
import pty
import select
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.image.conformance import booting
from tools.testing.ports import free_port
from tools.testing.waiting import time_limit, wait_until


@pytest.fixture(autouse=True, scope="module")
def namespaces() -> None:
    booting.require_namespaces(os.environ["BWRAP"])


def command(*arguments: str, image: str = "IMAGE") -> list[str]:
    """Return the command line that `bazel run` makes of arguments."""
    given = [f"--bwrap={os.environ['BWRAP']}", f"--image={os.environ[image]}"]
    return [os.environ["RUN"], *given, *arguments]


@contextmanager
def started(*arguments: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """Start the image with what `bazel run` gives, and arguments."""
    with subprocess.Popen(
        command(*arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environ},
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
    port = free_port()

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
        with time_limit("the command's first line", process.kill, 60):
            told = process.stdout.readline()
        # As Ctrl-C does.
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert (told, process.returncode) == ("4\n", 128 + signal.SIGINT)
    assert (tmp_path / "file").read_text() == "kept"


def test_a_command_that_is_not_there_is_told() -> None:
    with started("none") as process:
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 1
    assert errors == (
        'The image has no program "none".\n'
        "Fix: start one that it has, by an absolute path or a name on its PATH: "
        "/opt/venv/bin:/usr/local/bin:/usr/bin:/bin\n"
    )


def test_a_volume_is_taken_from_where_the_person_is(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    program = tmp_path / "data/program"
    program.write_text("#!/opt/venv/bin/python\nopen('/in/made', 'w').write('kept')\n")
    program.chmod(0o755)

    with started(
        "--volume=data:/in", "--", "/in/program", BUILD_WORKING_DIRECTORY=str(tmp_path)
    ) as process:
        _, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (0, "")
    assert (tmp_path / "data/made").read_text() == "kept"


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_a_boot_that_ends_while_it_unpacks(
    tmp_path: Path, number: signal.Signals
) -> None:
    with started(TMPDIR=str(tmp_path)) as process:
        wait_until(lambda: list(tmp_path.glob("image-*/root/*")))
        process.send_signal(number)
        said = process.communicate(timeout=60)

    assert (process.returncode, said) == (128 + number, ("", ""))
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_where_the_terminal_goes(tmp_path: Path) -> None:
    port = free_port()

    with started("--env", f"PORT={port}", TMPDIR=str(tmp_path)) as process:
        answer(f"http://127.0.0.1:{port}/sum")
        process.send_signal(signal.SIGHUP)
        _, errors = process.communicate(timeout=60)

    assert (process.returncode, "Traceback" in errors) == (0, False)
    assert list(tmp_path.iterdir()) == []


def on_a_terminal(line: list[str], *typed: tuple[str, str]) -> tuple[int, str]:
    """Start a program on a terminal; type each text once another has been seen."""
    pid, terminal = pty.fork()
    if not pid:
        os.execv(line[0], line)
    seen = ""
    try:
        for awaited, text in typed:
            seen = read_until(terminal, awaited, seen)
            assert awaited in seen, f"{awaited!r} did not come; seen: {seen!r}"
            os.write(terminal, text.encode())
        seen = read_until(terminal, None, seen)
        wait_until(lambda: has_ended(pid), 60, seen=lambda: repr(seen))
    finally:
        # It may run still where an assertion failed; it is waited for only here.
        os.kill(pid, signal.SIGKILL)
        # Nothing outlives SIGKILL for long.
        status = os.waitpid(pid, 0)[1]
        os.close(terminal)
    return os.waitstatus_to_exitcode(status), seen


def has_ended(pid: int) -> bool:
    """Return whether a child has ended, and leave its exit code to who waits for it."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def read_until(terminal: int, awaited: str | None, seen: str) -> str:
    """Return what a program has written when it wrote a text, or closed the terminal.

    It is waited for until it was silent for 60 s, and for 120 s in all.
    """
    end = time.monotonic() + 120
    while (awaited is None or awaited not in seen) and time.monotonic() < end:
        if not select.select([terminal], [], [], 60)[0]:
            break
        try:
            seen += os.read(terminal, 4096).decode(errors="replace")
        except OSError:
            # The program has closed the terminal.
            break
    return seen


def test_ctrl_c_on_a_terminal_reaches_the_command() -> None:
    source = (
        "import time\n"
        "try:\n"
        "    print('ready', flush=True)\n"
        "    while True: time.sleep(0.05)\n"
        "except KeyboardInterrupt:\n"
        "    time.sleep(0.2)\n"
        "    print('in order')\n"
        "    raise SystemExit(7)"
    )

    code, said = on_a_terminal(command("python", "-c", source), ("ready", "\3"))

    assert (code, "in order" in said) == (7, True)


def test_the_debug_image_is_entered_by_its_shell() -> None:
    line = command("--default-command=/busybox/sh", image="DEBUG_IMAGE")

    # Said by the child itself: a Ctrl-C that comes while the shell has yet to start it would not end it.
    sleep = "/busybox/sh -c \"echo wait''ing; exec sleep 1000\"\n"

    code, said = on_a_terminal(
        line,
        ("$ ", sleep),
        ("waiting", "\3"),
        ("^C", "echo st''ill here; exit 3\n"),
    )

    assert (code, "still here" in said) == (3, True)
