"""Tests of serving the page, and of asking a browser to open it."""

import signal
import subprocess
import sys
import textwrap
import urllib.request
from pathlib import Path

import pytest

from tools.test_coverage.html import serving
from tools.testing.waiting import time_limit

# Serves in a process of its own, which is interrupted as by a terminal.
PROGRAM = """\
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from tools.test_coverage.html import serving
serving.serve(Path({index!r}), 0, opens=False)
"""


def test_site_is_served_on_loopback_until_interrupted(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("the page")
    source = textwrap.dedent(PROGRAM).format(
        path=sys.path, index=str(tmp_path / "index.html")
    )

    with subprocess.Popen(
        [sys.executable, "-c", source],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        with time_limit("the page", server.kill):
            url = server.stdout.readline().strip()
            with urllib.request.urlopen(url, timeout=30) as answer:
                got = answer.read()
            server.send_signal(signal.SIGINT)
            _, said = server.communicate(timeout=30)

    assert url.startswith("http://127.0.0.1:")
    assert got == b"the page"
    assert (server.returncode, said.splitlines()[-1]) == (0, "stopped")


def test_browser_is_asked_to_open_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("webbrowser.open", asked.append)

    serving.open_page("file:///page")

    assert asked == ["file:///page"]
