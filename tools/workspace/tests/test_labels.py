"""Tests of labels, packages and projects."""

import pytest

from tools.workspace.labels import (
    absolute_label,
    hidden_folders,
    package_of,
    path_of,
    pip_label,
    project_of,
    split_label,
)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (":train", "//libs/ml:train"),
        ("train", "//libs/ml:train"),
        (":ml", "//libs/ml"),
        ("//libs/mq:mq", "//libs/mq"),
        ("@@//libs/mq", "//libs/mq"),
        ("@pip//numpy:pkg", "@pip//numpy"),
        ("@pip//numpy:data", "@pip//numpy:data"),
    ],
)
def test_label_has_one_absolute_form(text: str, want: str) -> None:
    assert absolute_label(text, "libs/ml") == want


@pytest.mark.parametrize(
    ("label", "want"),
    [
        ("//libs/ml", ("libs/ml", "ml")),
        ("//libs/ml:train", ("libs/ml", "train")),
        ("//:check", ("", "check")),
    ],
)
def test_label_is_a_package_and_a_name(label: str, want: tuple[str, str]) -> None:
    assert split_label(label) == want
    assert package_of(label) == want[0]


def test_label_of_a_file_says_its_path() -> None:
    assert path_of("//libs/ml:data/a.csv") == "libs/ml/data/a.csv"
    assert path_of("//:pyproject.toml") == "pyproject.toml"


@pytest.mark.parametrize(
    ("package", "want"),
    [("libs/ml/tests/data", "libs/ml"), ("libs/ml", "libs/ml"), ("libs", "libs")],
)
def test_project_is_the_two_first_folders(package: str, want: str) -> None:
    assert project_of(package) == want


def test_distribution_has_one_label_however_it_is_spelled() -> None:
    assert pip_label("Zope.._foo") == "@pip//zope_foo"


def test_bazelignore_names_folders() -> None:
    assert hidden_folders("# Why.\n\nsome/where/\n") == ["some/where"]
