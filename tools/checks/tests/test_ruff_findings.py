"""Tests of what is reported of ruff's view of files, by ruff itself."""

from pathlib import Path

import pytest

from tools.checks.ruff_findings import (
    RuffError,
    find,
    main,
    read_findings,
    read_switches,
)
from tools.findings.finding import Finding, read_report

SETTINGS = '[tool.ruff.lint]\nselect = ["F", "N"]\n'


@pytest.fixture
def program(request: pytest.FixtureRequest) -> str:
    (found,) = (
        path
        for path in request.config.getoption("--ruff").split()
        if Path(path).name == "ruff"
    )
    return str(Path(found).absolute())


def test_findings_have_their_place_their_rule_and_the_fix_that_ruff_can_do(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    Path("a.py").write_text("import os\n\n\ndef BadName() -> None:\n    pass\n")

    exit_code = main(
        [
            "--report=report",
            f"--ruff={program}",
            "--config=pyproject.toml",
            "--target=//x",
            "a.py",
        ]
    )

    assert exit_code == 0
    assert read_report(Path("report")) == [
        Finding(
            path="a.py",
            line=1,
            column=8,
            rule="ruff/F401",
            text="`os` imported but unused",
            fix="bazel run //:fix -- a.py",
            target="//x",
        ),
        Finding(
            path="a.py",
            line=4,
            column=5,
            rule="ruff/N802",
            text="Function name `BadName` should be lowercase",
            fix="",
            target="//x",
        ),
    ]


def test_clean_file_leaves_an_empty_report(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    Path("a.py").write_text("A = 1\n")
    options = [f"--ruff={program}", "--config=pyproject.toml", "--target=//x"]

    main(["--report=report", *options, "a.py"])

    assert Path("report").read_text() == ""


def test_settings_that_ruff_cannot_read_are_no_finding(
    program: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["NOPE"]\n')
    Path("a.py").write_text("A = 1\n")
    options = [f"--ruff={program}", "--config=pyproject.toml", "--target=//x"]

    assert main(["--report=report", *options, "a.py"]) == 2
    assert "ruff failed (exit 2)" in capsys.readouterr().err
    assert not Path("report").exists()


def test_source_in_another_encoding_is_linted_as_text(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    Path("a.py").write_bytes(b"# coding: latin-1\n'\xe9\xe9'; import os\n")
    Path("b.py").write_bytes(b"\xef\xbb\xbfimport sys\n")

    got = find(program, "pyproject.toml", ["a.py", "b.py"], "report", "//x")

    assert got == [
        Finding(
            path="a.py",
            line=2,
            column=14,
            rule="ruff/F401",
            text="`os` imported but unused",
            # ruff fixes files in UTF-8 only.
            fix="",
            target="//x",
        ),
        Finding(
            path="b.py",
            line=1,
            column=8,
            rule="ruff/F401",
            text="`sys` imported but unused",
            fix="bazel run //:fix -- b.py",
            target="//x",
        ),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.py",
        "b.py",
        "pyproject.toml",
    ]


def test_source_that_python_refuses_is_left_to_the_import_check(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    Path("a.py").write_bytes(b"import os\n'\xe9'\n")
    Path("b.py").write_bytes(b"import os\n\0")

    assert find(program, "pyproject.toml", ["a.py", "b.py"], "report", "//x") == []


def test_line_of_another_form_is_an_error() -> None:
    with pytest.raises(RuffError, match="of another form: what"):
        list(read_findings("what\n", "//x"))


def test_syntax_error_is_a_finding() -> None:
    said = "a.py:1:7: invalid-syntax: Expected an expression\n"

    (got,) = read_findings(said, "//x")

    assert (got.rule, got.text) == ("ruff/invalid-syntax", "Expected an expression")


@pytest.mark.parametrize(
    ("check", "line"),
    [
        ("ruff", "# ruff: noqa"),
        ("ruff", "# flake8: noqa"),
        ("pyrefly", "# pyrefly: ignore-errors"),
        ("black", "    # fmt: off"),
    ],
)
def test_line_that_switches_a_check_off_is_a_finding(check: str, line: str) -> None:
    (got,) = read_switches("a.py", f"A = 1\n{line}\n", "//x")

    assert (got.line, got.rule) == (2, "ruff/switched-off")
    assert got.text == f'switches {check} off: "{line.strip()}"'
    assert got.fix == f'take it out, or tag the target "no-{check}=<why>".'


def test_line_is_counted_as_python_counts_it() -> None:
    (got,) = read_switches("a.py", "A = '\u2028'\n\x0c\n# fmt: off\n", "//x")

    assert got.line == 3


@pytest.mark.parametrize("line", ["A = 1  # noqa: F401", "# ruff: noqa: E501", "# off"])
def test_line_that_excuses_one_rule_is_none(line: str) -> None:
    assert list(read_switches("a.py", line, "//x")) == []
