"""Tests of what the wheel of a project takes from its files."""

from pathlib import Path

import pytest

from tools.adopt.wheel import main, one_spelling

PROJECT = """\
[project]
name = "price-list"
version = "1.0-beta2"
requires-python = ">=3.10"
description = "Prices."
dependencies = ["numpy>=2; os_name == 'posix'", "six"]
optional-dependencies.fast = ["pyyaml"]
scripts.prices = "price_list:main"
license = "MIT"
urls.Docs = "https://a.example"
"""


def write(folder: Path, **said: str) -> int:
    (folder / "pyproject.toml").write_text(PROJECT)
    values = {
        "wheel-version": "1.0b2",
        "python-requires": ">=3.10",
        "summary": "Prices.",
        "distribution": "price-list",
        **{name.replace("_", "-"): value for name, value in said.items()},
    }
    extra = values.pop("extra", "fast")
    options = [f"--{name}={value}" for name, value in values.items()]
    files = ["--requires", f"{folder}/requires", "--entry-points", f"{folder}/points"]
    extras = ["--extra", extra, f"{folder}/extra"] if extra else []
    source = ["--version=", "--source", f"{folder}/pyproject.toml"]
    return main([*options, *files, *extras, *source])


def test_what_it_requires_and_starts_is_in_one_place(tmp_path: Path) -> None:
    shown = '{"license": "MIT", "project_urls": {"Docs": "https://a.example"}}'
    assert write(tmp_path, shown=shown) == 0

    want = 'numpy>=2; os_name == "posix"\nsix\n'
    assert (tmp_path / "requires").read_text() == want
    assert (tmp_path / "extra").read_text() == "pyyaml\n"
    want = "[console_scripts]\nprices = price_list:main\n"
    assert (tmp_path / "points").read_text() == want


@pytest.mark.parametrize(
    ("said", "want"),
    [
        ({"wheel_version": "1.0"}, "version: found '1.0', wanted '1.0b2'"),
        ({"python_requires": ""}, "python_requires: found '', wanted '>=3.10'"),
        ({"summary": "Old."}, "summary: found 'Old.', wanted 'Prices.'"),
        ({"shown": '{"license": "X"}'}, "license: found 'X', wanted 'MIT'"),
        ({"extra": ""}, "extras: found [], wanted ['fast']"),
        ({"distribution": "other"}, "is called 'price-list', wanted 'other'"),
    ],
)
def test_a_wheel_that_says_something_else_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    said: dict[str, str],
    want: str,
) -> None:
    assert write(tmp_path, **said) == 1

    assert want in capsys.readouterr().err


@pytest.mark.parametrize(
    ("version", "want"), [("v1.0", "1.0"), ("2.0.0-rc1", "2.0.0rc1"), ("latest", "")]
)
def test_a_version_has_one_spelling(version: str, want: str) -> None:
    assert one_spelling(version) == want
