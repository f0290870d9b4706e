"""Tests of what a command costs."""

import subprocess
import sys
from pathlib import Path

from tools.bench.peers import clock

WORK = "import time\nwhile time.process_time() < 0.3: pass\n"


def test_children_that_end_are_counted(tmp_path: Path) -> None:
    def call() -> None:
        subprocess.run([sys.executable, "-c", WORK], check=True)

    assert clock.processor_seconds(call, tmp_path) >= 0.25


def test_what_works_in_the_background_is_counted_where_it_names_the_folder(
    tmp_path: Path,
) -> None:
    program = tmp_path / "daemon.py"
    program.write_text(
        "import sys\nsys.stdin.read(1)\n"
        + WORK
        + "print(1, flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as daemon:
        assert daemon.stdin
        assert daemon.stdout
        out, into = daemon.stdout, daemon.stdin

        def call() -> None:
            into.write(b"x")
            into.flush()
            out.readline()

        try:
            elsewhere = clock.background(tmp_path / "other")
            assert clock.processor_seconds(call, tmp_path) >= 0.25
            assert clock.background(tmp_path / "other") == elsewhere == 0
        finally:
            daemon.kill()
