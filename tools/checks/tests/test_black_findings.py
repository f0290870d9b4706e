"""Tests of what is reported of black's view of a file.

Each has a file of another name: black remembers the root of a relative path for as
long as a process lives.
"""

from pathlib import Path

import pytest

from tools.checks.black_findings import BlackError, find, main
from tools.findings.finding import Finding, read_report


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text("[tool.black]\nline-length = 88\n")
    return tmp_path


def test_formatted_file_has_no_finding(folder: Path) -> None:
    Path("clean.py").write_text("A = 1\n")

    assert find("clean.py", "pyproject.toml", "//x") == []


def test_difference_is_the_fix_at_the_first_line_that_changes(folder: Path) -> None:
    Path("changed.py").write_text("A = 1\nB = 2\nC = [ 3 ]\n")

    (got,) = find("changed.py", "pyproject.toml", "//x")

    assert got == Finding(
        path="changed.py",
        line=3,
        column=1,
        rule="black/format",
        text="not formatted as black formats it",
        fix=(
            "bazel run //:fix -- changed.py\n@@ -1,3 +1,3 @@\n A = 1\n B = 2\n"
            "-C = [ 3 ]\n+C = [3]"
        ),
        target="//x",
    )


def test_syntax_error_is_a_finding_where_it_is(folder: Path) -> None:
    Path("syntax.py").write_text("A = 1\ndef f(:\n")

    (got,) = find("syntax.py", "pyproject.toml", "//x")

    assert (got.rule, got.path, got.line, got.column) == (
        "black/syntax",
        "syntax.py",
        2,
        6,
    )


def test_source_in_another_encoding_is_text(folder: Path) -> None:
    Path("latin.py").write_bytes(b"# coding: latin-1\nA = [ '\xe9' ]\n")

    (got,) = find("latin.py", "pyproject.toml", "//x")

    assert (got.rule, got.line) == ("black/format", 2)
    assert got.fix.endswith("\n-A = [ 'é' ]\n+A = [\"é\"]")


def test_line_is_counted_as_python_counts_it(folder: Path) -> None:
    Path("odd.py").write_text('A = "\u2028"\n\n\nB = [ 1 ]\n')

    (got,) = find("odd.py", "pyproject.toml", "//x")

    assert got.line == 4


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_lines_may_end_otherwise(folder: Path, end: str) -> None:
    path = f"ends_{len(end)}.py"
    Path(path).write_text(f"A = 1{end}B = [ 2 ]{end}", newline="")

    (got,) = find(path, "pyproject.toml", "//x")

    assert (got.line, got.fix.split("\n")[1:]) == (
        2,
        ["@@ -1,2 +1,2 @@", " A = 1", "-B = [ 2 ]", "+B = [2]"],
    )


@pytest.mark.parametrize("data", [b"A = '\xe9'\n", b"A = 1\n\0"])
def test_source_that_python_refuses_is_left_to_the_import_check(
    data: bytes, folder: Path
) -> None:
    Path("refused.py").write_bytes(data)

    assert find("refused.py", "pyproject.toml", "//x") == []


def test_settings_hold(folder: Path) -> None:
    Path("pyproject.toml").write_text("[tool.black]\nline-length = 20\n")
    Path("settings.py").write_text("VALUES = [1111, 2222, 3333]\n")

    assert [
        f.rule for f in find("settings.py", str(folder / "pyproject.toml"), "")
    ] == ["black/format"]


def test_file_that_black_does_not_look_at_is_no_success(folder: Path) -> None:
    Path("pyproject.toml").write_text('[tool.black]\nforce-exclude = "excluded.py"\n')
    Path("excluded.py").write_text("A = 1\n")

    settings = str(folder / "pyproject.toml")
    report = folder / "report"

    with pytest.raises(BlackError, match=r"black failed on excluded\.py"):
        find("excluded.py", settings, "//x")
    code = main(
        [f"--report={report}", f"--config={settings}", "--target=//x", "excluded.py"]
    )

    assert code == 2
    assert not report.exists()


def test_program_exits_0_and_leaves_every_finding_in_the_report(folder: Path) -> None:
    Path("both.py").write_text("A=1\n")
    Path("b.py").write_text("B=1\n")

    exit_code = main(
        [
            "--report=report",
            "--config=pyproject.toml",
            "--target=//x",
            "both.py",
            "b.py",
        ]
    )

    assert exit_code == 0
    assert [f.path for f in read_report(Path("report"))] == ["b.py", "both.py"]
