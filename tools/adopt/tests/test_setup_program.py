"""Tests of what a setup.py says in plain words."""

import tomllib

import pytest

from tools.adopt.setup_program import as_toml, tables_of, worked_out

PROGRAM = """
import io, os
from setuptools import find_packages, setup

NUMBER = "2.3"
NEEDS = ["click", "packaging>=20"]

setup(
    name="old-tool",
    version=NUMBER,
    description="Does \\"old\\"\\n  things.",
    long_description=io.open("README").read(),
    author="Ann",
    author_email="ann@example.org",
    url="https://old.example",
    project_urls={"Code": "https://code.example"},
    license="MIT",
    keywords="old,tools",
    packages=find_packages(),
    install_requires=NEEDS,
    extras_require={"yaml": ["pyyaml"]},
    tests_require="pytest\\nhypothesis\\n",
    python_requires=os.environ["OLD"],
    entry_points={"console_scripts": ["old = old.cli:main"], "old.plugins": "a = old:a"},
)
"""


def test_what_stands_there_is_spelt_as_toml() -> None:
    assert tomllib.loads(as_toml(tables_of(PROGRAM))) == {
        "project": {
            "name": "old-tool",
            "version": "2.3",
            "description": 'Does "old" things.',
            "dependencies": ["click", "packaging>=20"],
            "keywords": ["old", "tools"],
            "license": {"text": "MIT"},
            "authors": [{"name": "Ann", "email": "ann@example.org"}],
            "urls": {"Homepage": "https://old.example", "Code": "https://code.example"},
            "optional-dependencies": {"yaml": ["pyyaml"]},
            "scripts": {"old": "old.cli:main"},
            "entry-points": {"old.plugins": {"a": "old:a"}},
        },
        "dependency-groups": {"tests": ["pytest", "hypothesis"]},
    }


def test_what_is_worked_out_is_named() -> None:
    assert worked_out(PROGRAM) == ["requires-python"]


def test_entry_points_may_be_an_ini_file() -> None:
    text = 'import setuptools\nsetuptools.setup(name="a", entry_points="""\n[g]\nb = c:d\n""")\n'

    assert tables_of(text)["project"]["entry-points"] == {"g": {"b": "c:d"}}


@pytest.mark.parametrize("text", ["print 1", "setup()", "setup(name=find())", ""])
def test_what_says_no_name_says_nothing(text: str) -> None:
    assert tables_of(text) == {}
