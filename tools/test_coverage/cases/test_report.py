"""The combined report of a real `bazel coverage`: complete, exact, and never stale."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.nested.checkout import Checkout
from tools.test_coverage.cases.workspace import BUILD, SOURCE, cover, fill, report
from tools.test_coverage.data.file_coverage import Branch

ONE, TWO = "//case/tests:test_one", "//case/tests:test_two"
AT_ZERO = {1: 0, 2: 0, 3: 0, 4: 0}
# test_one, and each of test_two's shards, which has one test.
COUNTED = {1: 3, 2: 3, 3: 1, 4: 2}


@pytest.fixture
def covered(checkout: Checkout) -> Checkout:
    """Give the copy with libraries and tests."""
    fill(checkout)
    return checkout


def test_tests_and_shards_add_up_and_untested_lines_are_at_zero(
    covered: Checkout,
) -> None:
    got = cover(covered)

    assert got.exit_code == 0, got.text
    found = report(covered)
    assert found.keys() == {"case/tested.py", "case/untested.py"}
    assert found["case/tested.py"].lines == COUNTED
    assert found["case/tested.py"].branches == {Branch(2, 0, 3): 1, Branch(2, 0, 4): 2}
    assert found["case/untested.py"].lines == AT_ZERO
    assert "coverage: 50.0 % of lines, 50.0 % of branches" in got.text


def test_data_gathered_in_an_action_of_its_own_is_the_same(covered: Checkout) -> None:
    cover(covered)
    first = report(covered)

    # The defaults of Bazel 10.
    got = cover(
        covered,
        "--experimental_split_coverage_postprocessing",
        "--experimental_fetch_all_coverage_outputs",
    )

    assert got.verdict(ONE) == "PASSED"
    assert report(covered) == first
    assert first["case/tested.py"].lines == COUNTED


def test_edit_of_an_untested_file_shows_and_runs_no_test(covered: Checkout) -> None:
    cover(covered)
    covered.write("case/untested.py", "one = 1\ntwo = 2\n")

    got = cover(covered)

    assert got.verdict(ONE) == "(cached) PASSED"
    assert report(covered)["case/untested.py"].lines == {1: 0, 2: 0}


def test_new_and_removed_library_shows(covered: Checkout) -> None:
    cover(covered)
    covered.write("case/more/BUILD.bazel", BUILD)
    covered.write("case/more/tested.py", "one = 1\n")
    covered.write("case/more/untested.py", "one = 1\n")
    cover(covered)
    added = report(covered).keys()
    covered.git("clean", "--quiet", "-d", "--force", "case/more")
    cover(covered)

    assert {"case/more/tested.py", "case/more/untested.py"} <= added
    assert report(covered).keys() == {"case/tested.py", "case/untested.py"}


def test_build_between_two_runs_changes_nothing(covered: Checkout) -> None:
    cover(covered)
    first = report(covered)
    covered.bazel("build", "--norun_validations", "//case/...")

    got = cover(covered)

    assert report(covered) == first
    assert got.exit_code == 0


def test_disk_cache_gives_the_right_report_in_another_checkout(
    covered: Checkout, make_checkout: Callable[[], Checkout], tmp_path: Path
) -> None:
    cache = f"--disk_cache={tmp_path}"
    other = make_checkout()
    fill(other)
    for checkout in (covered, other):
        # A test that this output base has run before would not go to the disk cache.
        checkout.replace("case/tests/test_one.py", "def", "# Of the disk cache.\ndef")
    cover(covered, cache)
    other.write("case/untested.py", "one = 1\n")

    got = cover(other, cache)

    assert got.verdict(ONE) == "(cached) PASSED"
    assert report(other)["case/untested.py"].lines == {1: 0}
    assert report(other)["case/tested.py"].lines == COUNTED
    assert report(covered)["case/untested.py"].lines == AT_ZERO


@pytest.mark.parametrize("end", ["assert False", "import os; os.abort()"])
def test_failing_test_loses_no_other_tests_data(covered: Checkout, end: str) -> None:
    covered.write("case/tests/test_one.py", f"def test_one():\n    {end}\n")

    got = cover(covered)

    assert got.verdict(ONE) == "FAILED"
    assert got.verdict(TWO).endswith("PASSED")
    assert report(covered)["case/tested.py"].lines == {1: 2, 2: 2, 3: 1, 4: 1}


def test_tests_themselves_are_brought_in_by_a_flag(covered: Checkout) -> None:
    cover(covered, "--config=tests")

    found = report(covered)
    assert found["case/tests/test_one.py"].lines == {1: 1, 4: 1, 5: 1}
    assert found["case/tested.py"].lines == COUNTED


def test_generated_files_are_brought_in_by_a_flag(covered: Checkout) -> None:
    made = (
        'load("@bazel_skylib//rules:write_file.bzl", "write_file")\n'
        f'{BUILD}\nwrite_file(name = "m", out = "made.py", content = ["ONE = 1", ""])\n'
        'py_library(name = "made", srcs = ["made.py"])\n'
    )
    covered.write("case/BUILD.bazel", made)
    one = '["test_one.py"],\n    deps = ['
    covered.replace("case/tests/BUILD.bazel", one, f'{one}"//case:made", ')
    test = "from case import made\n\n\ndef test_made():\n    assert made.ONE\n"
    covered.write("case/tests/test_one.py", test)

    cover(covered)
    without = report(covered).keys()
    cover(covered, "--config=generated")
    found = {path.rpartition("/")[2]: found for path, found in report(covered).items()}

    assert not [path for path in without if path.endswith("made.py")]
    assert found["made.py"].lines == {1: 1}


def test_target_that_is_no_python_is_left_alone(covered: Checkout) -> None:
    covered.write(
        "case/BUILD.bazel",
        f'{BUILD}\ngenrule(name = "image", outs = ["image.tar"], cmd = "exit 1", '
        'tags = ["no-cov"])\n',
    )

    got = cover(covered)

    assert got.exit_code == 0, got.text
    assert report(covered)["case/untested.py"].lines == AT_ZERO


def test_broken_source_is_named(covered: Checkout) -> None:
    covered.write("case/untested.py", f"{SOURCE}def (\n")

    got = cover(covered)
    again = cover(covered)

    said = "case/untested.py: found text that isn't Python, so nothing of it is counted"
    assert (got.exit_code, said in got.text) == (0, True), got.text
    assert said in again.text
