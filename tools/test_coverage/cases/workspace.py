"""A few libraries and tests in a copy of this repository, and the report of them."""

from tools.nested.checkout import Checkout, Result
from tools.test_coverage.data import lcov
from tools.test_coverage.data.file_coverage import FileCoverage

BUILD = """load("@rules_python//python:py_library.bzl", "py_library")

package(default_visibility = ["//case:__subpackages__"])

py_library(
    name = "tested",
    srcs = ["tested.py"],
)

py_library(
    name = "untested",
    srcs = ["untested.py"],
)
"""
TESTS = """load("//tools/testing:defs.bzl", "pytest_test")

pytest_test(
    name = "test_one",
    size = "small",
    srcs = ["test_one.py"],
    deps = ["//case:tested"],
)

pytest_test(
    name = "test_two",
    size = "small",
    srcs = ["test_two.py"],
    shard_count = 2,
    deps = ["//case:tested"],
)
"""
SOURCE = """def sign(number):
    if number < 0:
        return "negative"
    return "positive"
"""
ONE = """from case.tested import sign


def test_positive():
    assert sign(1) == "positive"
"""
TWO = """from case.tested import sign


def test_negative():
    assert sign(-1) == "negative"


def test_positive():
    assert sign(1) == "positive"
"""


def fill(checkout: Checkout) -> None:
    """Write the libraries and tests."""
    checkout.write("case/BUILD.bazel", BUILD)
    checkout.write("case/tested.py", SOURCE)
    checkout.write("case/untested.py", SOURCE)
    checkout.write("case/tests/BUILD.bazel", TESTS)
    checkout.write("case/tests/test_one.py", ONE)
    checkout.write("case/tests/test_two.py", TWO)


def cover(checkout: Checkout, *arguments: str) -> Result:
    """Run `bazel coverage`, without the checks, which other cases are about."""
    targets = [argument for argument in arguments if argument.startswith("//")]
    flags = [argument for argument in arguments if argument not in targets]
    return checkout.bazel(
        "coverage", "--norun_validations", *flags, *(targets or ["//case/..."])
    )


def report(checkout: Checkout) -> dict[str, FileCoverage]:
    """Return the combined report that lies there."""
    path = checkout.root / "bazel-out/_coverage/_coverage_report.dat"
    return lcov.read(path.read_text(), str(path))
