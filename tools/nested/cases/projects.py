"""Two libraries and the services that use them, for cases: tools are tried on projects of their own."""

from collections.abc import Sequence

from tools.nested.checkout import Checkout

SERVICES = ("mail", "shop")
LIBRARIES = ("rates", "words")
SOURCES = {
    "rates": '"""Rates."""\n\nimport numpy\n\nRATE = float(numpy.float64(1.5))\n',
    "words": '"""Words."""\n\nimport packaging\n\nWORD = packaging.__name__\n',
}
LIBRARY = '''"""A library."""

load("@rules_python//python:py_library.bzl", "py_library")

package(default_visibility = ["//visibility:private"])

package_group(
    name = "users",
    packages = [
{users}    ],
)

py_library(
    name = "{name}",
    srcs = ["{name}.py"],
    visibility = [":users"],
    deps = ["@pip//{distribution}"],
)
'''
SERVICE = '''"""A service."""

load("@rules_python//python:py_binary.bzl", "py_binary")
load("@rules_python//python:py_library.bzl", "py_library")
load("//tools/image:defs.bzl", "py_image")

package(default_visibility = ["//visibility:private"])

py_library(
    name = "work",
    srcs = ["work.py"],
    visibility = ["//case/{name}:__subpackages__"],
    deps = [
        "//case/rates",
        "//case/words",
    ],
)

py_binary(
    name = "main",
    srcs = ["__main__.py"],
    main = "__main__.py",
    deps = [":work"],
)

py_image(
    name = "image",
    binary = ":main",
    platforms = [],
)
'''
WORK = '''"""What the service {name} is for."""

from case.rates.rates import RATE
from case.words.words import WORD


def work() -> str:
    """Return what was done."""
    return f"{name}: {WORD} {RATE}"
'''
MAIN = '''"""Works once."""

from case.{name}.work import work

if __name__ == "__main__":
    print(work())
'''
TESTS = '''"""Tests of a service."""

load("//tools/testing:defs.bzl", "pytest_test")

pytest_test(
    name = "test_work",
    size = "small",
    srcs = ["test_work.py"],
    deps = ["//case/{name}:work"],
)

pytest_test(
    name = "test_alone",
    size = "small",
    srcs = ["test_alone.py"],
)
'''
TEST_WORK = '''"""Tests of what the service does."""

from case.{name}.work import work


def test_work_says_whose_it_is() -> None:
    assert work().startswith("{name}: ")
'''
TEST_ALONE = '''"""A test that needs no library."""


def test_sum() -> None:
    assert 1 + 1 == 2
'''
OF_SERVICE = {
    "BUILD.bazel": SERVICE,
    "work.py": WORK,
    "__main__.py": MAIN,
    "tests/BUILD.bazel": TESTS,
    "tests/test_work.py": TEST_WORK,
    "tests/test_alone.py": TEST_ALONE,
}


def image(service: str) -> str:
    """Return the label of a service's image."""
    return f"//case/{service}:image"


def add_projects(checkout: Checkout, services: Sequence[str] = SERVICES) -> None:
    """Write the libraries, and services that differ in their own code alone."""
    users = "".join(f'        "//case/{name}/...",\n' for name in services)
    distributions = dict(zip(LIBRARIES, ("numpy", "packaging"), strict=True))
    for name, distribution in distributions.items():
        build = LIBRARY.format(name=name, users=users, distribution=distribution)
        checkout.write(f"case/{name}/BUILD.bazel", build)
        checkout.write(f"case/{name}/{name}.py", SOURCES[name])
    for name in services:
        for path, text in OF_SERVICE.items():
            checkout.write(f"case/{name}/{path}", text.replace("{name}", name))
