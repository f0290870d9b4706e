"""Tests of which files a glob takes; Bazel's own answers, tried with 7.7.1."""

import pytest

from tools.build_files.packages import Packages

FILES = [
    "BUILD.bazel",
    "top.py",
    "pk/BUILD.bazel",
    "pk/.hidden.py",
    "pk/a.py",
    "pk/b.txt",
    "pk/in/c.py",
    "pk/in/deep/d.py",
    "pk/in/[x].py",
    "pk/own/BUILD",
    "pk/own/e.py",
    "away/BUILD.bazel",
    "away/f.py",
]


@pytest.fixture
def packages() -> Packages:
    return Packages(FILES, ["away"])


@pytest.mark.parametrize(
    ("include", "exclude", "want"),
    [
        (["*.py"], [], ["a.py"]),
        (["**/*.py"], [], ["a.py", "in/[x].py", "in/c.py", "in/deep/d.py"]),
        (["in/*.py"], [], ["in/[x].py", "in/c.py"]),
        (["in/**"], [], ["in/[x].py", "in/c.py", "in/deep/d.py"]),
        (["in/**/d.py"], [], ["in/deep/d.py"]),
        (["in/**/c.py"], [], ["in/c.py"]),
        (["**/*.py"], ["in/**"], ["a.py"]),
        (["**/*.py"], ["*.py"], ["in/[x].py", "in/c.py", "in/deep/d.py"]),
        (["*"], [], [".hidden.py", "BUILD.bazel", "a.py", "b.txt"]),
        ([".*.py"], [], [".hidden.py"]),
        (["in/[x].py"], [], ["in/[x].py"]),
        (["a.py", "b.txt"], ["b.*"], ["a.py"]),
        (["*.cc"], [], []),
        (["**"], ["in/**", "*.txt"], [".hidden.py", "BUILD.bazel", "a.py"]),
        (["**"], ["**/*.py", "*.txt"], ["BUILD.bazel"]),
        (["*"], ["*.py", "*.txt"], [".hidden.py", "BUILD.bazel"]),
    ],
)
def test_a_glob_takes_what_bazel_takes(
    packages: Packages, include: list[str], exclude: list[str], want: list[str]
) -> None:
    assert packages.glob("pk", include, exclude) == want


@pytest.mark.parametrize(
    ("file", "want"),
    [
        ("top.py", ""),
        ("pk/in/deep/d.py", "pk"),
        ("pk/own/e.py", "pk/own"),
        ("away/f.py", ""),
    ],
)
def test_a_file_is_in_the_nearest_package(
    packages: Packages, file: str, want: str
) -> None:
    assert packages.package_of(file) == want


def test_a_repository_without_a_package_at_its_root_has_files_in_none() -> None:
    assert Packages(["a.py"]).package_of("a.py") is None
