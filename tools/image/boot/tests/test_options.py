"""Tests of the command line of a boot."""

from pathlib import Path

import pytest

from tools.image.boot.options import Options, parse

GIVEN = ["--bwrap=/bin/bwrap", "--image=/image"]


def parsed(*arguments: str) -> Options:
    return parse("Boots.", [*GIVEN, *arguments])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUILD_WORKING_DIRECTORY", str(tmp_path))
    (tmp_path / "data").mkdir()
    return tmp_path


def test_nothing_asked_for_is_the_image_s_own_command() -> None:
    assert parsed() == Options("/bin/bwrap", Path("/image"), {}, {}, [])


def test_variables_volumes_and_a_command(here: Path) -> None:
    got = parsed("--env=A=1=2", "--env=B=", "--volume=data:/in", "x", "--env=C")

    assert got.environment == {"A": "1=2", "B": ""}
    assert got.volumes == {"/in": here / "data"}
    assert got.command == ["x", "--env=C"]


@pytest.mark.parametrize("folder", ["data", "./data", "../{name}/data", "{here}/data"])
def test_a_folder_is_looked_for_where_the_person_is(here: Path, folder: str) -> None:
    got = parsed(f"--volume={folder.format(here=here, name=here.name)}:/in")

    assert got.volumes == {"/in": here / "data"}


@pytest.mark.parametrize("given", [["x"], ["--", "x"], ["--env=A=1", "--", "x"]])
def test_a_command_may_stand_behind_two_dashes(given: list[str]) -> None:
    assert parsed(*given).command == ["x"]


@pytest.mark.parametrize(("given", "want"), [([], ["sh"]), (["x"], ["x"])])
def test_a_default_stands_where_no_command_does(
    given: list[str], want: list[str]
) -> None:
    assert parsed("--default-command=sh", *given).command == want


@pytest.mark.parametrize(
    ("argument", "want"),
    [
        ("--env=FOO", "--env: 'FOO' is no variable, wanted NAME=VALUE"),
        ("--env==1", "--env: '=1' is no variable, wanted NAME=VALUE"),
        ("--volume=data", "'data' is no volume, wanted FOLDER:PLACE"),
        ("--volume=:/in", "':/in' is no volume, wanted FOLDER:PLACE"),
        ("--volume=data:in", "'data:in' is no volume, wanted FOLDER:PLACE"),
        ("--volume=data:/", "'data:/' is no volume, wanted FOLDER:PLACE"),
        ("--volume=data:/../in", "'data:/../in' is no volume, wanted FOLDER:PLACE"),
        ("--volume=none:/in", "names no folder of this machine. Fix: mkdir -p {here}"),
    ],
)
def test_what_can_not_be_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str], argument: str, want: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        parsed(argument)

    assert caught.value.code == 2
    assert want.format(here=here) in capsys.readouterr().err


def test_help_names_the_command_that_a_person_types(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parsed("--help")

    assert capsys.readouterr().out.startswith("usage: bazel run //FOLDER:image.run -- ")
