"""The program as a user runs it: Bazel in, page, verdict and other forms out."""

from pathlib import Path

import pytest

from tools.nested.checkout import Checkout, Result
from tools.test_coverage.cases.workspace import ONE, SOURCE, cover, fill


@pytest.fixture
def covered(checkout: Checkout) -> Checkout:
    """Give the copy with libraries and tests."""
    fill(checkout)
    checkout.own_server("build --norun_validations")
    return checkout


def page(checkout: Checkout, folder: Path, *arguments: str) -> Result:
    """Run the program."""
    return checkout.bazel(
        "run",
        "//tools/coverage_page",
        "--",
        f"--saved={folder / 'run.json.gz'}",
        *arguments,
    )


def test_page_is_written_and_a_later_run_carries_the_rest(
    covered: Checkout, tmp_path: Path
) -> None:
    site = f"--output={tmp_path / 'site'}"
    first = page(covered, tmp_path, site, "//case/...", "//tools/status/...")
    covered.write("case/tests/test_one.py", ONE + "\n\ndef test_more():\n    pass\n")

    second = page(covered, tmp_path, site, "//case/tests:test_one")

    assert first.exit_code == 0, first.text
    assert second.exit_code == 0, second.text
    text = (tmp_path / "site" / "index.html").read_text()
    assert "Only //case/tests:test_one ran" in text
    source = (tmp_path / "site/files/case/tested.py.html").read_text()
    assert "//case/tests:test_one" in source
    assert "//case/tests:test_two" in source


def test_check_and_diff_hold_the_last_report_to_floors(
    covered: Checkout, tmp_path: Path
) -> None:
    covered.git("add", "--all")
    covered.git("commit", "--quiet", "--message=case")
    covered.write("coverage.toml", "[floor.case]\nlines = 60\n[diff]\nlines = 50\n")
    covered.write("case/untested.py", f"one = 1\n{SOURCE}")
    cover(covered)

    check = page(covered, tmp_path, "--check")
    diff = page(covered, tmp_path, "--diff-base=HEAD")
    form = page(covered, tmp_path, "--format=cobertura")
    covered.git("reset", "--quiet", "--hard", "HEAD~1")

    assert check.exit_code == 1
    assert "case   lines  60 %   44.4 %  5" in check.stdout
    assert "    case/untested.py:1-5  5 lines, +55.6 %" in check.stdout
    assert diff.exit_code == 1
    assert "changed since HEAD: 0 of 1 lines ran (0.0 %), under the floor" in diff.text
    assert form.stdout.startswith("<?xml")
