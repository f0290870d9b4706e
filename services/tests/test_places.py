"""Tests services that have no place to keep anything in: no home, a read-only one, no space."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

from libs.ml.example import EXAMPLE_IMAGE
from services.tests.programs import API, WORKER, Program
from tools.testing.waiting import wait_until
from tools.up.servers.server import host_tool

# No account has it.
_USER = "54321"

_LITTLE = ("--size", "65536", "--tmpfs", "/tmp")
_READ_ONLY = ("--tmpfs", "/tmp", "--chmod", "0555", "/tmp", "--remount-ro", "/tmp")


@contextmanager
def _running(
    log: Path, layout: Sequence[str], *command: str | Path, **environment: str
) -> Iterator[Program]:
    """Run a program as a user without an account, over a changed layout of files."""
    sandbox = [
        *("--die-with-parent", "--unshare-user", "--uid", _USER, "--gid", _USER),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", *layout, "--"),
    ]
    cleared = ["--unsetenv", "HOME", "--unsetenv", "XDG_STATE_HOME"]
    line = [*cleared, *sandbox, *map(str, command)]
    with Program(host_tool("bwrap"), log, environment, *line) as program:
        yield program


def _predicted(address: str) -> int:
    response = httpx.post(f"{address}/v1/predictions", json={"images": [EXAMPLE_IMAGE]})
    digit: int = response.json()["predictions"][0]["digit"]
    return digit


@pytest.mark.parametrize(
    ("layout", "flags", "told"),
    [
        ((), {}, "in /.local/state/monorepo"),
        (_READ_ONLY, {"HOME": "/tmp"}, "in /tmp/.local/state/monorepo"),
        (_READ_ONLY, {"XDG_STATE_HOME": "/tmp"}, "in /tmp/monorepo"),
        (_LITTLE, {"XDG_STATE_HOME": "/tmp"}, "in /tmp/monorepo"),
    ],
    ids=["no home", "read-only home", "read-only state", "full disk"],
)
def test_services_without_a_place_name_the_settings_and_serve(
    tmp_path: Path, layout: Sequence[str], flags: dict[str, str], told: str
) -> None:
    variables = [it for pair in flags.items() for it in ("--setenv", *pair)]
    log = tmp_path / "log"
    with _running(log, (*layout, *variables), API.absolute(), "--port", "0") as api:
        predicted = _predicted(api.address)
        ready = httpx.get(f"{api.address}/readyz").status_code
    with _running(
        log, (*layout, *variables), WORKER.absolute(), "--health-port", "0"
    ) as worker:
        # Not before its loop has gone round once.
        wait_until(lambda: httpx.get(f"{worker.address}/healthz").status_code == 200)

    assert (predicted, ready) == (0, 503)
    assert f"jobs can't be kept {told}/queue: " in api.log
    for name in ("FASTAPI_ML_QUEUE_URL", "COMMON_ML_QUEUE_URL"):
        fix = f"Fix: name a place that can be written by {name}, or by XDG_STATE_HOME."
        assert fix in api.log
    assert "Traceback" not in api.log


def test_a_user_without_home_or_account_is_served_from_what_is_set(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    layout = ("--tmpfs", "/tmp", "--setenv", "TMPDIR", "/nowhere")
    flags = ("--queue-url", "disk:///tmp/q", "--database-url", "sqlite:////tmp/jobs")

    with _running(log, layout, API.absolute(), "--port", "0", *flags) as api:
        posted = httpx.post(f"{api.address}/v1/jobs", json={"images": [EXAMPLE_IMAGE]})

    assert posted.status_code == 202
    assert api.log.count("jobs can't be kept") == 0
