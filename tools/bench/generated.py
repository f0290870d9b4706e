"""Generated test targets for measuring: each trivial, each its own."""

from tools.nested.checkout import Checkout

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


def add(checkout: Checkout, folder: str, count: int) -> None:
    """Add such a package to a copy of the repository."""
    for path, text in files(folder, count).items():
        checkout.write(path, text)
