"""Generated test targets for measuring: each trivial, each its own."""

HEADER = '''"""Trivial tests, generated to be measured."""

load("//tools/testing:defs.bzl", "pytest_test")
'''
TARGET = """
pytest_test(
    name = "test_{number}",
    size = "small",
    srcs = ["test_{number}.py"],
)
"""
SOURCE = '''"""A trivial test."""


def test_sum() -> None:
    assert {number} + 1 == {next}
'''


def files(folder: str, count: int) -> dict[str, str]:
    """Return the files, path to text, of one package with so many test targets."""
    build = HEADER
    texts = {}
    for number in range(count):
        build += TARGET.format(number=number)
        source = SOURCE.format(number=number, next=number + 1)
        texts[f"{folder}/test_{number}.py"] = source
    texts[f"{folder}/BUILD.bazel"] = build
    return texts
