"""Tests that uv is given what pip is configured with."""

from pathlib import Path

import pytest

from tools.lock.pip_settings import (
    hide_passwords,
    index_options,
    read_settings,
    undated_folders,
    uv_environment,
)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Give an environment in which only the test's own files configure pip."""
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = https://one.invalid/simple\ncert = /a.pem\n"
        "[install]\nextra-index-url = https://two.invalid/simple\n"
        f"    file://{tmp_path}\n    file:///not/there\n"
    )
    return {
        "PIP_CONFIG_FILE": str(file),
        "XDG_CONFIG_DIRS": str(tmp_path / "none"),
        "XDG_CONFIG_HOME": str(tmp_path / "none"),
    }


def test_files_give_settings(environ: dict[str, str], tmp_path: Path) -> None:
    got = read_settings(environ, tmp_path)

    assert got["index-url"] == "https://one.invalid/simple"
    assert got["cert"] == "/a.pem"


def test_the_environment_wins_over_files(
    environ: dict[str, str], tmp_path: Path
) -> None:
    environ["PIP_INDEX_URL"] = "https://three.invalid/simple"

    got = read_settings(environ, tmp_path)

    assert got["index-url"] == "https://three.invalid/simple"


def test_uv_gets_the_same_by_its_own_names(
    environ: dict[str, str], tmp_path: Path
) -> None:
    got = uv_environment(environ, tmp_path, dated=False)

    assert got["UV_DEFAULT_INDEX"] == "https://one.invalid/simple"
    assert got["UV_INDEX"] == f"https://two.invalid/simple file://{tmp_path}"
    assert got["SSL_CERT_FILE"] == "/a.pem"
    assert got["UV_PYTHON_DOWNLOADS"] == "never"


def test_folders_and_pages_of_wheels_are_given_as_uv_parts_them(
    environ: dict[str, str], tmp_path: Path
) -> None:
    environ["PIP_FIND_LINKS"] = f"{tmp_path} /not/there https://four.invalid/wheels"

    got = uv_environment(environ, tmp_path, dated=True)

    assert got["UV_FIND_LINKS"] == f"https://four.invalid/wheels,{tmp_path}"


@pytest.mark.parametrize(
    ("value", "options"), [("1", ["--no-index"]), ("True", ["--no-index"]), ("0", [])]
)
def test_an_index_that_pip_does_not_ask_is_not_asked(
    environ: dict[str, str], tmp_path: Path, value: str, options: list[str]
) -> None:
    environ["PIP_NO_INDEX"] = value

    assert index_options(environ, tmp_path) == options


def test_a_password_is_not_shown() -> None:
    text = "Failed to fetch: https://joe:s3cret@one.invalid/simple/x/"

    assert hide_passwords(text) == "Failed to fetch: https://***@one.invalid/simple/x/"


def test_a_folder_beside_an_index_is_left_out_where_dates_count(
    environ: dict[str, str], tmp_path: Path
) -> None:
    got = uv_environment(environ, tmp_path, dated=True)

    assert got["UV_INDEX"] == "https://two.invalid/simple"
    assert undated_folders(environ, tmp_path) == [f"file://{tmp_path}"]


def test_what_is_set_for_uv_stays(environ: dict[str, str], tmp_path: Path) -> None:
    environ["UV_INDEX_URL"] = "https://mine.invalid/simple"

    got = uv_environment(environ, tmp_path, dated=True)

    assert got["UV_INDEX_URL"] == "https://mine.invalid/simple"
    assert "UV_DEFAULT_INDEX" not in got
