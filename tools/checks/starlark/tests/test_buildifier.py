"""Tests of what is reported of buildifier's view of files, by buildifier itself."""

from pathlib import Path

import pytest

from tools.checks.starlark.buildifier import examine
from tools.findings.finding import Finding

PROGRAM = "--buildifier"
CLEAN = '"""A package."""\n\nfilegroup(\n    name = "a",\n    srcs = ["a.txt"],\n)\n'


@pytest.fixture
def program(request: pytest.FixtureRequest) -> Path:
    return Path(request.config.getoption(PROGRAM)).absolute()


def test_clean_file_has_no_finding(program: Path) -> None:
    assert examine(program, {"a/BUILD.bazel": CLEAN}) == []


def test_no_file_has_no_finding(program: Path) -> None:
    assert examine(program, {}) == []


def test_difference_is_the_fix(program: Path) -> None:
    text = CLEAN.replace('    name = "a",\n', '  name = "a",\n')

    assert examine(program, {"a/BUILD.bazel": text}) == [
        Finding(
            path="a/BUILD.bazel",
            line=4,
            column=1,
            rule="buildifier/format",
            text="not formatted as buildifier formats it",
            fix=(
                "bazel run //:fix -- a/BUILD.bazel\n@@ -1,6 +1,6 @@\n"
                ' """A package."""\n \n filegroup(\n-  name = "a",\n+    name = "a",\n'
                '     srcs = ["a.txt"],\n )'
            ),
        )
    ]


def test_every_warning_is_a_finding(program: Path) -> None:
    text = "def f(x):\n    return 1\n"

    got = examine(program, {"a/defs.bzl": text})

    assert {finding.rule for finding in got} == {
        "buildifier/module-docstring",
        "buildifier/unused-variable",
    }


def test_file_that_is_no_starlark_is_a_finding(program: Path) -> None:
    got = examine(program, {"a/BUILD.bazel": "def f(:\n", "b/BUILD.bazel": CLEAN})

    assert [(finding.path, finding.rule) for finding in got] == [
        ("a/BUILD.bazel", "buildifier/syntax")
    ]
