"""Tests of debugging by an editor: it stops at a breakpoint in a source, and what runs is a link to it."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools.debug.tests.dap import Debugger
from tools.testing.ports import free_port
from tools.testing.tests.scratch import Scratch

ATTACH = Path("tools/debug/attach.py").absolute()
LIBRARY = Path("tools/debug/tests/greeting.py")
LINE = LIBRARY.read_text().splitlines().index("    return max(cents, 0)") + 1
TEST = """from tools.debug.tests.greeting import price


def test_price():
    assert price(3) == 300
"""
DEBUGPY = """def listen(address):
    print(*address)


def wait_for_client():
    print("waited")
"""


def stop_and_go_on(port: int, source: Path) -> tuple[str, int, str]:
    """Stop at the breakpoint, and return where that is and what a variable is there."""
    with Debugger(port) as debugger:
        debugger.attach({source: LINE})
        path, line, frame = debugger.stop_at()
        value = debugger.value("cents", frame)
        debugger.go_on_to_the_end()
    return path, line, value


def test_breakpoint_in_a_library_under_a_test(tmp_path: Path) -> None:
    scratch, port = Scratch(tmp_path), free_port()
    source = tmp_path / "workspace/greeting.py"
    source.parent.mkdir()
    source.write_text(LIBRARY.read_text())
    link = scratch.root / LIBRARY
    link.parent.mkdir(parents=True)
    link.symlink_to(source)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(scratch.run, TEST, f"--wait-for-debugger={port}")
        stopped = stop_and_go_on(port, source)
        run = running.result()

    assert stopped == (str(source), LINE, "300")
    assert run.exit_code == 0, run.text
    assert "1 passed" in run.text


def test_breakpoint_in_a_library_under_a_program() -> None:
    port, source = free_port(), LIBRARY.resolve()
    environ = {
        **os.environ,
        "RULES_PYTHON_ADDITIONAL_INTERPRETER_ARGS": str(ATTACH),
        "MONOREPO_DEBUG_PORT": str(port),
    }
    environ.pop("TEST_TARGET", None)
    command = [os.environ["GREETER"], "3"]
    run = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
    with run:
        stopped = stop_and_go_on(port, source)
        output, _ = run.communicate(timeout=60)

    assert stopped == (str(source), LINE, "300")
    assert (output, run.returncode) == ("300\n", 0)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a workspace with the program that waits, and one that says what it was given."""
    folder = tmp_path / "tools/debug"
    folder.mkdir(parents=True)
    (folder / "attach.py").write_text(ATTACH.read_text())
    (tmp_path / "main.py").write_text("import sys\nprint(__name__, sys.argv[1:])\n")
    return tmp_path


def run_waiting(workspace: Path) -> subprocess.CompletedProcess[str]:
    attach, main = workspace / "tools/debug/attach.py", workspace / "main.py"
    return subprocess.run(
        [sys.executable, "-IS", attach, "-I", main, "--port", "1"],
        env={},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_debugger_is_that_of_the_editors_environment(workspace: Path) -> None:
    site_packages = workspace / ".venv/lib/python3.14/site-packages"
    site_packages.mkdir(parents=True)
    (site_packages / "debugpy.py").write_text(DEBUGPY)

    got = run_waiting(workspace)

    assert got.stdout == "127.0.0.1 5678\nwaited\n__main__ ['--port', '1']\n"
    assert got.stderr == "waits for a debugger at 127.0.0.1:5678\n"


def test_environment_without_a_debugger_is_named(workspace: Path) -> None:
    got = run_waiting(workspace)

    assert got.returncode == 2
    assert got.stderr.endswith("Fix: ./bazelw run //tools/ide\n")
