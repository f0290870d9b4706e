"""Tests of calls that must succeed."""

from pathlib import Path

import pytest

from tools.bench.calls import asked
from tools.bench.tests.recorded import Recorded


def test_failing_bazel_is_named(tmp_path: Path) -> None:
    checkout = Recorded(tmp_path)
    checkout.exit_code = 1

    with pytest.raises(SystemExit, match="bazel info release failed:\nno such target"):
        asked(checkout, "info", "release")
