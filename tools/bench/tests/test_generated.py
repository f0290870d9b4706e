"""Tests of the generated targets."""

import ast

from tools.bench.generated import files


def test_every_test_file_has_a_target() -> None:
    got = files("many", 3)

    assert sorted(got) == [
        "many/BUILD.bazel",
        "many/test_0.py",
        "many/test_1.py",
        "many/test_2.py",
    ]
    assert got["many/BUILD.bazel"].count("pytest_test(\n") == 3


def test_sources_are_python_and_differ() -> None:
    got = files("many", 2)

    assert ast.parse(got["many/test_0.py"])
    assert got["many/test_0.py"] != got["many/test_1.py"]
