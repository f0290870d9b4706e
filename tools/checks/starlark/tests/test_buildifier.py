"""Tests of what is reported of buildifier's view of files, by buildifier itself."""

from pathlib import Path

import pytest

from tools.checks.starlark.buildifier import BuildifierError, examine, main, read
from tools.findings.finding import Finding, parse_report
from tools.source_text.quoting import docstring

PROGRAM = "--buildifier"
CLEAN = '"""A package."""\n\nfilegroup(\n    name = "a",\n    srcs = ["a.txt"],\n)\n'


@pytest.fixture
def program(request: pytest.FixtureRequest) -> Path:
    return Path(request.config.getoption(PROGRAM)).absolute()


def test_clean_file_has_no_finding(program: Path) -> None:
    assert examine(program, {"a/BUILD.bazel": CLEAN.encode()}) == []


def test_no_file_has_no_finding(program: Path) -> None:
    assert examine(program, {}) == []


def test_difference_is_the_fix(program: Path) -> None:
    text = CLEAN.replace('    name = "a",\n', '  name = "a",\n')

    assert examine(program, {"a/BUILD.bazel": text.encode()}) == [
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

    got = examine(program, {"a/defs.bzl": text.encode()})

    assert {finding.rule for finding in got} == {
        "buildifier/module-docstring",
        "buildifier/unused-variable",
    }


@pytest.mark.parametrize(
    "called", ["attr.label_list", "aspect", "repository_rule", "rule"]
)
def test_what_has_no_doc_is_a_finding(called: str, program: Path) -> None:
    text = f'"""Rules."""\n\nA = {called}(doc = "Why.")\n\nB = {called}()\n'

    assert examine(program, {"a/defs.bzl": text.encode()}) == [
        Finding(
            path="a/defs.bzl",
            line=5,
            column=5,
            rule="buildifier/no-doc",
            text=f"this {called}() has no doc",
            fix=f'say what it is for: {called}(doc = "…").',
        )
    ]


def test_file_that_is_no_starlark_is_a_finding(program: Path) -> None:
    got = examine(
        program, {"a/BUILD.bazel": b"def f(:\n", "b/BUILD.bazel": CLEAN.encode()}
    )

    assert [(finding.path, finding.rule) for finding in got] == [
        ("a/BUILD.bazel", "buildifier/syntax")
    ]


def test_warnings_and_format_of_one_file_are_both_told(program: Path) -> None:
    got = examine(program, {"a/defs.bzl": b"def f(x):\n  return 1\n"})

    assert [(finding.line, finding.rule) for finding in got] == [
        (1, "buildifier/module-docstring"),
        (1, "buildifier/unused-variable"),
        (2, "buildifier/format"),
    ]


def test_file_that_is_no_utf_8_is_a_finding_and_stops_no_other(program: Path) -> None:
    files = {
        "a/BUILD.bazel": b"# \n# caf\xe9\n",
        "b/BUILD.bazel": b"def f(:\n",
        "c/BUILD.bazel": b"\xef\xbb\xbf" + CLEAN.encode(),
    }

    got = examine(program, files)

    assert got[0] == Finding(
        path="a/BUILD.bazel",
        line=2,
        column=0,
        rule="buildifier/encoding",
        text="holds the byte 0xe9, which is not UTF-8",
        fix="save it as UTF-8.",
    )
    assert [(finding.path, finding.rule) for finding in got[1:]] == [
        ("b/BUILD.bazel", "buildifier/syntax"),
        ("c/BUILD.bazel", "buildifier/syntax"),
    ]


@pytest.mark.parametrize(
    "title",
    ['Says "hello"', "ends in \\", "Splits at \\d.", 'Holds """ three.', "Café – “q”"],
)
def test_generated_docstring_is_formatted(title: str, program: Path) -> None:
    text = CLEAN.replace('"""A package."""', docstring(title))

    assert examine(program, {"a/BUILD.bazel": text.encode()}) == []


def put(folder: Path, path: str, text: str) -> Path:
    """Write a file as the tree hands it to a check."""
    file = folder / "build_files" / f"{path}.txt"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return file


def test_program_writes_the_report_and_succeeds(program: Path, tmp_path: Path) -> None:
    clean = put(tmp_path, "a/BUILD.bazel", CLEAN)
    torn = put(tmp_path, "b/BUILD.bazel", "def f(:\n")
    report = tmp_path / "report"

    exit_code = main(
        [
            f"--report={report}",
            f"--buildifier={program}",
            f"--starlark={clean}",
            f"--starlark={torn}",
        ]
    )

    assert exit_code == 0
    assert parse_report(report.read_text(), "report") == [
        Finding(
            path="b/BUILD.bazel",
            line=0,
            column=0,
            rule="buildifier/syntax",
            text="buildifier can't read it",
            fix="correct the syntax.",
        )
    ]


def test_buildifier_that_fails_leaves_no_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "buildifier"
    broken.write_text("#!/bin/sh\necho 'no such option' >&2\nexit 3\n")
    broken.chmod(0o755)
    clean = put(tmp_path, "a/BUILD.bazel", CLEAN)
    report = tmp_path / "report"

    exit_code = main(
        [
            f"--report={report}",
            f"--buildifier={broken}",
            f"--starlark={clean}",
        ]
    )

    assert exit_code == 2
    assert capsys.readouterr().err == "buildifier failed (exit 3): no such option\n\n"
    assert not report.exists()


def test_report_of_another_form_is_not_taken_for_no_findings() -> None:
    with pytest.raises(BuildifierError, match="has another form"):
        list(read({"files": None}))
