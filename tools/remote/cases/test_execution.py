"""An engine that runs what Bazel would run here: the same results, and no action on this machine."""

import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.nested.cases.projects import add_projects, image
from tools.nested.checkout import Checkout
from tools.remote.cases.processes import LOCAL, processes
from tools.testing.waiting import time_limit, wait_until

SHOP = "//case/shop/..."
REPORT = "bazel-out/_coverage/_coverage_report.dat"
SLOW = '''"""A test that sees nothing of who started its worker, which goes meanwhile."""

import os
import time


def test_environment() -> None:
    assert "BUILD_WORKSPACE_DIRECTORY" not in os.environ
    time.sleep(5)
'''


class Engine:
    """The servers that `//tools/remote:engine` starts, in a session of their own."""

    def __init__(self, checkout: Checkout, folder: Path) -> None:
        self.state = folder / "state"
        program = folder / "engine"
        made = checkout.bazel(
            "run", f"--script_path={program}", "//tools/remote:engine"
        )
        assert made.exit_code == 0, made.text
        self.process = subprocess.Popen(
            [program, "--port=0", f"--folder={self.state}"],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        said = iter(self.process.stdout.readline, "")
        with time_limit("the engine", self.process.kill, 600):
            text = "".join(iter(lambda: next(said, "ready\n"), "ready\n"))
        found = re.search(r"^build (--config=remote .*)$", text, re.M)
        assert found, text
        self.options = f"build {found[1]}"

    def lose_worker(self, program: str) -> None:
        """Kill what takes actions, as a machine that goes, once it runs a program."""
        session = f"--session={self.process.pid}"
        running = ["pgrep", session, "--full", program]
        wait_until(
            lambda: not subprocess.run(running, check=False, timeout=60).returncode, 300
        )
        worker = ["pkill", "-KILL", session, "buildbox-worker"]
        subprocess.run(worker, check=True, timeout=60)

    def stop(self) -> None:
        """End all of it."""
        self.process.terminate()
        self.process.communicate(timeout=60)


@pytest.fixture
def made_here(checkout: Checkout) -> bytes:
    """Return the image that is made without an engine, and leave nothing of it."""
    add_projects(checkout, ["shop"])
    made = index(checkout)
    checkout.bazel("clean")
    return made


@pytest.fixture
def engine(checkout: Checkout, made_here: bytes) -> Iterator[Engine]:
    assert made_here
    # Not in tmp_path: the name of a socket is at most 107 bytes long.
    with tempfile.TemporaryDirectory(prefix="engine-") as folder:
        started = Engine(checkout, Path(folder))
        yield started
        started.stop()


def index(checkout: Checkout) -> bytes:
    """Build an image, and return what names it by its digest."""
    made = checkout.bazel("build", "--remote_download_outputs=toplevel", image("shop"))
    assert made.exit_code == 0, made.text
    return (checkout.root / "bazel-bin/case/shop/image/index.json").read_bytes()


def test_engine_runs_all_and_a_lost_worker_fails_nothing(
    checkout: Checkout, made_here: bytes, engine: Engine
) -> None:
    checkout.own_server(engine.options)

    got = checkout.bazel("test", SHOP)
    assert got.exit_code == 0, got.text
    ran = processes(got)
    # skylib's copy_directory.
    assert ran.pop("linux-sandbox", 0) <= 1
    assert set(ran) <= {"remote", "remote cache hit", *LOCAL}, ran
    assert ran["remote"] > 30
    assert index(checkout) == made_here

    covered = checkout.bazel("coverage", SHOP)
    assert covered.exit_code == 0, covered.text
    merged = (checkout.root / REPORT).read_text()
    (rates,) = re.findall(r"SF:case/rates/rates.py\n(.*?)end_of_record", merged, re.S)
    assert set(re.findall(r"^DA:\d+,(\d+)", rates, re.M)) == {"1"}

    checkout.write("case/shop/tests/test_alone.py", SLOW)
    lost = threading.Thread(target=engine.lose_worker, args=("test_alone",))
    lost.start()
    again = checkout.bazel("test", SHOP)
    lost.join()
    assert again.exit_code == 0, again.text
    assert processes(again)["remote"] >= 1
