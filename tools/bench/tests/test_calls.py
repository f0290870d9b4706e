"""Tests of calls that must succeed, and of CPU time."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools.bench.calls import CHILDREN, asked, cpu_seconds
from tools.bench.tests.recorded import Recorded

BUSY = "import time\nwhile time.process_time() < 0.2: pass"


def test_failing_bazel_is_named(tmp_path: Path) -> None:
    checkout = Recorded(tmp_path)
    checkout.exit_code = 1

    with pytest.raises(SystemExit, match="bazel info release failed:\nno such target"):
        asked(checkout, "info", "release")


def test_children_s_time_counts_once_they_end() -> None:
    before = cpu_seconds(os.getpid(), CHILDREN)

    subprocess.run([sys.executable, "-c", BUSY], check=True, timeout=30)

    assert cpu_seconds(os.getpid(), CHILDREN) - before >= 0.15


def test_own_time_counts() -> None:
    before = cpu_seconds(os.getpid())
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass

    assert cpu_seconds(os.getpid()) - before >= 0.05
