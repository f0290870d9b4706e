"""Tests of what `--test_filter` selects."""

from pathlib import Path

import pytest

from tools.testing.filters import named
from tools.testing.tests.scratch import Scratch

FILE = "libs/r07/tests/test_ids.py"
TESTS = (
    "test_plain",
    "test_plain_two",
    "test_auto[foo/play book.yml-x]",
    "test_auto[x::y-c[d]]",
    "test_words[and b]",
    "test_words[a or b]",
    "test_words[a (b)]",
    "test_words[\\xe9]",
    "TestThing::test_in",
)
IDS = [f"{FILE}::{test}" for test in TESTS]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{FILE}::test_plain", ["test_plain"]),
        (f"./{FILE}::test_plain", ["test_plain"]),
        ("test_ids.py::test_plain", ["test_plain"]),
        ("libs.r07.tests.test_ids.test_plain", ["test_plain"]),
        (f"{FILE}::TestThing::test_in", ["TestThing::test_in"]),
        (f"{FILE}::TestThing", ["TestThing::test_in"]),
        ("TestThing::test_in", ["TestThing::test_in"]),
        ("TestThing.test_in", ["TestThing::test_in"]),
        ("libs.r07.tests.test_ids.TestThing.test_in", ["TestThing::test_in"]),
        ("test_auto[foo/play book.yml-x]", ["test_auto[foo/play book.yml-x]"]),
        ("test_auto[x::y-c[d]]", ["test_auto[x::y-c[d]]"]),
        (f"{FILE}::test_words[and b]", ["test_words[and b]"]),
        ("test_words[a (b)]", ["test_words[a (b)]"]),
        ("test_words[é]", ["test_words[\\xe9]"]),
        ("libs.r07.tests.test_ids.test_words[\\xe9]", ["test_words[\\xe9]"]),
        ("test_words[a or b]", ["test_words[a or b]"]),
        (
            "test_ids.py::test_plain or TestThing::test_in",
            ["test_plain", "TestThing::test_in"],
        ),
        (FILE, list(TESTS)),
        ("libs/r07", list(TESTS)),
        ("libs.r07.tests.test_ids", list(TESTS)),
        ("test_ids.py::test_pla", []),
        (f"{FILE}::test_words[b]", []),
    ],
)
def test_name_selects_exactly_what_has_it(text: str, wanted: list[str]) -> None:
    assert named(text, IDS) == {f"{FILE}::{test}" for test in wanted}


@pytest.mark.parametrize(
    "text", ["test_plain", "TestThing", "one or not two", "test_a[x or y.z"]
)
def test_word_or_expression_is_for_k(text: str) -> None:
    assert named(text, IDS) is None


TWO = "def test_plain():\n    pass\n\n\ndef test_plain_two():\n    pass\n"


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("case.test_case.test_plain", "1 passed, 1 deselected"),
        ("test_plain", "2 passed"),
        ("plain and not two", "1 passed, 1 deselected"),
    ],
)
def test_run_selects_by_the_filter(scratch: Scratch, text: str, summary: str) -> None:
    got = scratch.run(TWO, TESTBRIDGE_TEST_ONLY=text)

    assert got.exit_code == 0
    assert f" {summary} in " in got.text


def test_run_selects_by_a_path_in_the_workspace(
    scratch: Scratch, tmp_path: Path
) -> None:
    (tmp_path / "workspace/case").mkdir(parents=True)
    (tmp_path / "workspace/case/test_case.py").write_text(TWO)
    (scratch.root / "case").symlink_to(tmp_path / "workspace/case")

    got = scratch.run_files(
        ["case/test_case.py"],
        TESTBRIDGE_TEST_ONLY=f"{tmp_path}/workspace/case/test_case.py::test_plain",
    )

    assert " 1 passed, 1 deselected in " in got.text


# The second as Bazel 7 hands the first on.
@pytest.mark.parametrize("text", ["test_word[é]", "test_word[Ã©]"])
def test_run_selects_by_letters_beyond_ascii(scratch: Scratch, text: str) -> None:
    words = "import pytest\n\n\n@pytest.mark.parametrize('word', ['e', 'é'])\n"

    got = scratch.run(
        f"{words}def test_word(word):\n    pass\n", TESTBRIDGE_TEST_ONLY=text
    )

    assert " 1 passed, 1 deselected in " in got.text


def test_filter_and_k_of_the_target_hold_both(scratch: Scratch) -> None:
    got = scratch.run(TWO, "-k", "two", TESTBRIDGE_TEST_ONLY="plain or nothing")

    assert "1 passed, 1 deselected" in got.text


def test_filter_that_selects_nothing_fails(scratch: Scratch) -> None:
    got = scratch.run(TWO, TESTBRIDGE_TEST_ONLY="test_case.py::test_plai")

    assert got.exit_code == 1
    assert got.remark == (
        "None of the 2 tests was selected.\n"
        "Fix: change --test_filter or the arguments that left them out."
    )
