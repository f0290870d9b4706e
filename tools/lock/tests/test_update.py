"""Tests of what the solver is asked, and of what becomes of its answer."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tools.lock import update
from tools.lock.header import format_lock, read_header
from tools.lock.update import (
    UpdateError,
    Wish,
    changes,
    exempt_moments,
    explain,
    parse_arguments,
    preferences,
    solve,
    solver_arguments,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FAKE_UV = """#!{python}
import sys
from pathlib import Path

output = next(a for a in sys.argv if a.startswith("--output-file=")).partition("=")[2]
seen = Path(output).read_text()
Path({folder!r}, "seen.txt").write_text(seen)
Path(output).write_text("numpy==2.5.1 --hash=sha256:1\\n")
sys.stderr.write({stderr!r})
sys.exit({code})
"""


def wish(**changed: object) -> Wish:
    plain: dict[str, object] = {
        "upgrade": False,
        "upgrade_packages": (),
        "no_cooldown": (),
        "cooldown": timedelta(days=7),
        "now": NOW,
    }
    return Wish(**(plain | changed))  # type: ignore[arg-type]


def fake_uv(folder: Path, code: int = 0, stderr: str = "") -> Path:
    """Write a program that answers as uv would."""
    program = folder / "uv"
    values = {"python": sys.executable, "folder": str(folder)}
    program.write_text(FAKE_UV.format(code=code, stderr=stderr, **values))
    program.chmod(0o755)
    (folder / "requirements.in").write_text("numpy\n")
    return program


def test_releases_of_the_last_seven_days_are_left_out() -> None:
    got = solver_arguments(wish(), {})

    assert "--exclude-newer=2026-11-17T09:00:00+00:00" in got
    assert not [a for a in got if a.startswith(("--upgrade", "--exclude-newer-p"))]


def test_a_security_fix_is_taken_however_young() -> None:
    got = solver_arguments(wish(no_cooldown=("urllib3",)), {"urllib3": NOW})

    assert "--exclude-newer-package=urllib3=2026-11-24T09:00:00+00:00" in got
    assert "--upgrade-package=urllib3" in got


def test_a_young_release_stays_in_until_its_time_is_over() -> None:
    taken = {"young": NOW - timedelta(days=1), "old": NOW - timedelta(days=8)}
    lock = format_lock("", "", "3.14", taken)

    assert exempt_moments(lock, wish()) == {"young": taken["young"]}


def test_no_cooldown_at_all_is_possible() -> None:
    got = solver_arguments(wish(cooldown=timedelta()), {"x": NOW})

    assert not [a for a in got if "exclude-newer" in a]


def test_arguments_of_a_person_reach_the_wish() -> None:
    argv = ["--uv", "../x/bin/uv", "../x/bin/uvx", "--upgrade-package", "numpy"]
    argv += ["--no-cooldown", "Foo_Bar", "--cooldown-days", "3"]

    uv, got = parse_arguments(argv, NOW)

    assert uv.parts[-2:] == ("bin", "uv")
    assert got == wish(
        upgrade_packages=("numpy",),
        no_cooldown=("foo-bar",),
        cooldown=timedelta(days=3),
    )


def test_present_pins_are_preferred_without_their_hashes() -> None:
    lock = "a==1 --hash=sha256:1\nb[x]==2 ; sys_platform == 'linux' --hash=sha256:2\n"

    assert preferences(lock) == 'a==1\nb==2 ; sys_platform == "linux"\n'


def test_a_lock_that_cannot_be_read_is_solved_anew() -> None:
    assert preferences("<<<<<<< HEAD\na==1\n") == ""


def test_the_solution_gets_a_header(tmp_path: Path) -> None:
    got = solve(fake_uv(tmp_path), tmp_path, wish(), "numpy==2.5.0 --hash=sha256:0\n")

    assert got.endswith("\n\nnumpy==2.5.1 --hash=sha256:1\n")
    assert read_header(got).inputs
    assert (tmp_path / "seen.txt").read_text() == "numpy==2.5.0\n"


def test_a_failure_says_what_uv_said(tmp_path: Path) -> None:
    uv = fake_uv(tmp_path, code=1, stderr="no such thing\n")

    with pytest.raises(UpdateError) as error:
        solve(uv, tmp_path, wish(), "")

    assert str(error.value) == (
        "requirements.in: uv found no solution.\n  uv: no such thing\n"
        "Fix: change the requirement that it names; a release younger than 7 days is "
        "only taken with -- --no-cooldown NAME."
    )


def test_an_index_without_dates_gets_one_clear_message() -> None:
    said = "warning: x-1.whl is missing an upload date, but user provided: 2026\n"

    assert explain(said * 9, wish()) == (
        "requirements.in: the index gives no upload dates (first seen for x-1.whl), so "
        "releases younger than 7 days can't be left out.\n"
        "Fix: configure an index that gives them, or take releases of any age: "
        "bazel run //:requirements.update -- --cooldown-days 0"
    )


def test_changed_versions_are_named() -> None:
    assert changes("a==1\nb==1\n", "b==2\nc==1\n") == [
        "a: 1 -> -",
        "b: 1 -> 2",
        "c: - -> 1",
    ]


def test_the_lock_stays_where_the_solver_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uv = fake_uv(tmp_path, code=1)
    lock = tmp_path / update.LOCK
    lock.write_text("a==1\n")
    monkeypatch.setitem(os.environ, "BUILD_WORKSPACE_DIRECTORY", str(tmp_path))

    assert update.main(["--uv", str(uv)]) == 1
    assert lock.read_text() == "a==1\n"
