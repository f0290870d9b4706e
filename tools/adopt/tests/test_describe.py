"""Tests of the metadata of a project that is not installed."""

from importlib.metadata import distributions
from pathlib import Path

import pytest

from tools.adopt.describe import main

PROJECT = """\
[project]
name = "Price-List"
description = "Prices."
dependencies = ["numpy>=2; os_name == 'posix'"]
optional-dependencies.test = ["pytest", "six; os_name == 'nt'"]
scripts.Prices = "price_list:main"
authors = [{name = "Ä. Price", email = "a@b.example"}, {name = "Nobody"}]
urls.Documentation = "https://b.example"
license = "MIT"
keywords = ["a", "b"]
classifiers = ["Typing :: Typed", "Topic :: Office/Business"]
"""


def describe(folder: Path, text: str, version: str, name: str = "price-list") -> int:
    info = folder / "price_list.dist-info"
    info.mkdir()
    (folder / "pyproject.toml").write_text(text)
    files = [str(info / file) for file in ("METADATA", "entry_points.txt")]
    arguments = ["--distribution", name, "--version", version]
    source = ["--source", str(folder / "pyproject.toml")]
    return main([*arguments, "--output", *files, *source])


def test_python_takes_it_for_an_installed_one(tmp_path: Path) -> None:
    assert describe(tmp_path, PROJECT, "1.2") == 0

    (got,) = distributions(name="price_list", path=[str(tmp_path)])
    assert (got.name, got.version) == ("Price-List", "1.2")
    assert got.requires == [
        'numpy>=2; os_name == "posix"',
        'pytest; extra == "test"',
        'six; (os_name == "nt") and extra == "test"',
    ]
    assert got.metadata["Author-email"] == '"Ä. Price" <a@b.example>'
    assert got.metadata["Author"] == "Nobody"
    assert got.metadata.get_all("Project-URL") == ["Documentation, https://b.example"]
    assert got.metadata["License-Expression"] == "MIT"
    assert got.metadata["Keywords"] == "a,b"
    assert len(got.metadata.get_all("Classifier") or []) == 2
    (script,) = got.entry_points
    assert (script.group, script.name) == ("console_scripts", "Prices")
    assert script.value == "price_list:main"


def test_the_file_says_the_version_where_it_has_one(tmp_path: Path) -> None:
    text = PROJECT.replace("[project]\n", '[project]\nversion = "3"\n')

    assert describe(tmp_path, text, "1.2") == 0

    (got,) = distributions(name="price_list", path=[str(tmp_path)])
    assert got.version == "3"


@pytest.mark.parametrize(
    ("version", "name", "want"),
    [
        ("1", "other", "is called 'Price-List', wanted 'other'"),
        ("", "price-list", "leaves its version to a build tool"),
    ],
)
def test_what_disagrees_or_lacks_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    version: str,
    name: str,
    want: str,
) -> None:
    assert describe(tmp_path, PROJECT, version, name) == 1

    assert want in capsys.readouterr().err
