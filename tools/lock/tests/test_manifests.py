"""Tests of what a project says of itself."""

import pytest

from tools.lock.manifests import read_manifest

PROJECT = """\
[project]
name = "Price-List"
version = "1.2"
description = "Prices."
requires-python = ">=3.12"
dependencies = ["numpy>=2", "tzdata; sys_platform == 'win32'"]
optional-dependencies.test = ["pytest", "pyyaml"]
scripts.prices = "price_list:main"
entry-points."shop.plugins".list = "price_list:plugin"

[dependency-groups]
dev = [{ include-group = "lint" }, "pytest-mock"]
lint = ["ruff"]
"""
POETRY = """\
[tool.poetry]
name = "price-list"
version = "1.2"
description = "Prices."

[tool.poetry.dependencies]
python = "^3.12"
numpy = "^2.1"
psycopg = { version = "~3.2", extras = ["binary"] }
plain = "*"
exact = "1.0"
rich = { version = "^13", optional = true }

[tool.poetry.extras]
colour = ["rich"]

[tool.poetry.group.test.dependencies]
pytest = ">=8"

[tool.poetry.scripts]
prices = "price_list:main"
"""
SETUP = """\
[metadata]
name = price-list
version = attr: price_list.__version__
description = Prices.

[options]
python_requires = >=3.12
install_requires =
    numpy>=2
    # why
    six

[options.extras_require]
test = pytest

[options.entry_points]
console_scripts =
    prices = price_list:main
"""
PACKED = """\
Metadata-Version: 2.4
Name: price-list
Version: 1.2
Summary: Prices.
Requires-Dist: numpy>=2
Requires-Dist: pytest; extra == "test"
Provides-Extra: test

The rest.
"""


def texts(requirements: object) -> list[str]:
    assert isinstance(requirements, list)
    return [str(requirement) for requirement in requirements]


def test_a_project_is_read_as_pep_621_has_it() -> None:
    got = read_manifest({"pyproject.toml": PROJECT})

    assert (got.name, got.version, got.summary) == ("Price-List", "1.2", "Prices.")
    assert got.requires_python == ">=3.12"
    assert texts(got.requirements) == [
        "numpy>=2",
        'tzdata; sys_platform == "win32"',
    ]
    assert texts(got.extras["test"]) == ["pytest", "pyyaml"]
    assert texts(got.groups["dev"]) == ["pytest-mock"]
    assert got.entry_points == {
        "console_scripts": {"prices": "price_list:main"},
        "shop.plugins": {"list": "price_list:plugin"},
    }


def test_poetrys_wishes_are_bounds_below() -> None:
    got = read_manifest({"pyproject.toml": POETRY})

    assert texts(got.requirements) == [
        "numpy>=2.1",
        "psycopg[binary]>=3.2",
        "plain",
        "exact==1.0",
    ]
    assert texts(got.extras["colour"]) == ["rich>=13"]
    assert texts(got.groups["test"]) == ["pytest>=8"]
    assert got.entry_points == {"console_scripts": {"prices": "price_list:main"}}


def test_what_setup_cfg_takes_from_elsewhere_is_left_open() -> None:
    got = read_manifest({"setup.cfg": SETUP})

    assert (got.name, got.version) == ("price-list", "")
    assert texts(got.requirements) == ["numpy>=2", "six"]
    assert texts(got.extras["test"]) == ["pytest"]
    assert got.entry_points == {"console_scripts": {"prices": "price_list:main"}}


def test_a_source_distribution_says_what_a_build_tool_worked_out() -> None:
    got = read_manifest({"setup.cfg": SETUP, "PKG-INFO": PACKED})

    assert got.version == "1.2"
    assert texts(got.requirements) == ["numpy>=2", "six"]


def test_a_source_distribution_alone_says_all() -> None:
    got = read_manifest({"PKG-INFO": PACKED})

    assert (got.name, got.version, got.summary) == ("price-list", "1.2", "Prices.")
    assert texts(got.requirements) == ["numpy>=2"]
    assert texts(got.extras["test"]) == ['pytest; extra == "test"']


def test_files_of_requirements_are_groups() -> None:
    text = "-r other.txt\npytest  # runs tests\n\n# six\nhttps://x.invalid/a.whl\n"

    got = read_manifest(
        {"requirements-dev.txt": text, "requirements/test.in": "six", "x.txt": "y"}
    )

    assert {key: texts(group) for key, group in got.groups.items()} == {
        "requirements-dev.txt": ["pytest"],
        "requirements/test.in": ["six"],
    }


def test_a_file_that_is_no_toml_is_refused() -> None:
    with pytest.raises(ValueError, match="line 1"):
        read_manifest({"pyproject.toml": "[project\n"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "project = [1]\n"),
        ("pyproject.toml", "[project]\nname = 1\n"),
        ("pyproject.toml", '[project]\nname = "a"\ndependencies = "numpy"\n'),
        ("pyproject.toml", "dependency-groups = []\n"),
        ("setup.cfg", "name = a\n"),
    ],
)
def test_what_no_project_may_say_is_refused(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"^holds what says nothing of a project: "):
        read_manifest({name: text})


def test_people_are_spelt_as_core_metadata_wants_it() -> None:
    setup = (
        "[metadata]\nauthor = A\nauthor_email = a@b.example\nlicense = MIT\n"
        "url = https://b.example\nkeywords = a, b\nclassifiers =\n    Typing :: Typed\n"
        "project_urls =\n    Docs = https://b.example/?a=b\n    Code=https://c.example\n"
    )
    packed = "Author-email: A <a@b.example>\nProject-URL: Docs, https://b.example\n"

    assert read_manifest({"setup.cfg": setup}).more == {
        "Author": ["A"],
        "Author-email": ["a@b.example"],
        "License": ["MIT"],
        "Keywords": ["a,b"],
        "Classifier": ["Typing :: Typed"],
        "Home-page": ["https://b.example"],
        "Project-URL": ["Docs, https://b.example/?a=b", "Code, https://c.example"],
    }
    got = read_manifest({"PKG-INFO": packed})
    assert got.more == {
        "Author-email": ["A <a@b.example>"],
        "Project-URL": ["Docs, https://b.example"],
    }


def test_poetrys_people_and_addresses_are_spelt_as_poetry_does() -> None:
    poetry = (
        '[tool.poetry]\nname = "a"\nauthors = ["A. B <a@b.example>", "C"]\n'
        'license = "MIT"\nkeywords = ["a", "b"]\nhomepage = "https://b.example"\n'
        'urls.Docs = "https://d.example"\n'
    )

    assert read_manifest({"pyproject.toml": poetry}).more == {
        "License": ["MIT"],
        "Keywords": ["a,b"],
        "Author": ["A. B"],
        "Author-email": ["a@b.example"],
        "Project-URL": ["Homepage, https://b.example", "Docs, https://d.example"],
    }
