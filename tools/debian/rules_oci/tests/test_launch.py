"""How a started target finds its own values and files."""

import json
from pathlib import Path

import pytest
from launch import Launch

_VALUES = {"image": "_main/app/image", "repository": "host/app", "loader": ""}


def _target(folder: Path) -> Path:
    executable = folder / "app" / "push.py"
    executable.parent.mkdir(parents=True)
    spec = executable.with_name("push.py.json")
    spec.write_text(json.dumps(_VALUES), encoding="utf-8")
    return executable


@pytest.fixture(autouse=True)
def no_runfiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the test's own runfiles."""
    monkeypatch.delenv("RUNFILES_DIR", raising=False)


def test_a_target_of_its_own_has_its_runfiles_beside_it(tmp_path: Path) -> None:
    executable = _target(tmp_path)
    runfiles = executable.with_name("push.py.runfiles")
    runfiles.mkdir()

    launch = Launch.read(str(executable))

    assert launch.text("repository") == "host/app"
    assert launch.file("image") == runfiles / "_main" / "app" / "image"


def test_a_target_within_another_one_shares_its_runfiles(tmp_path: Path) -> None:
    runfiles = tmp_path / "all.runfiles"
    executable = _target(runfiles / "_main")

    launch = Launch.read(str(executable))

    assert launch.file("image") == runfiles / "_main" / "app" / "image"


def test_a_value_that_is_not_given_is_empty(tmp_path: Path) -> None:
    launch = Launch(_VALUES, tmp_path)

    assert launch.file("loader") is None
    assert launch.text("unheard_of") == ""


def test_given_runfiles_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable = _target(tmp_path)
    executable.with_name("push.py.runfiles").mkdir()
    monkeypatch.setenv("RUNFILES_DIR", str(tmp_path))

    launch = Launch.read(str(executable))

    assert launch.file("image") == tmp_path / "_main" / "app" / "image"


def test_missing_runfiles_are_named(tmp_path: Path) -> None:
    executable = tmp_path / "push.py"
    executable.with_name("push.py.json").write_text("{}", encoding="utf-8")

    with pytest.raises(FileNotFoundError, match="has no runfiles"):
        Launch.read(str(executable))
