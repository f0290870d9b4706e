"""What is listed as affected holds all that Bazel then does anew, and for a source nothing else."""

from collections.abc import Iterator

import pytest

from tools.nested.checkout import Checkout

PATTERNS = ("//libs/...", "//services/...", "//tools/lock/...", "//tools/readme/...")
TEST = ("test", "--config=nochecks", "--test_size_filters=small", *PATTERNS)
LIBRARY = "libs/ml/jobs.py"


@pytest.fixture(autouse=True)
def _same_server(checkout: Checkout) -> Iterator[None]:
    """Let the command, which calls Bazel by itself, call that of the checkout."""
    checkout.write(".bazelrc.user", f"startup --output_base={checkout.output_base}\n")
    yield
    checkout.git("reset", "--quiet", "--hard", "HEAD")


def affected_tests(checkout: Checkout, *options: str) -> set[str]:
    """Return the tests that are listed."""
    command = ("run", "//tools/affected", "--", "--only", "tests", *options)
    got = checkout.bazel(*command)
    assert got.exit_code == 0, got.text
    return set(got.stdout.split())


def executed_tests(checkout: Checkout) -> set[str]:
    """Run small tests; return those that came from no cache."""
    got = checkout.bazel(*TEST)
    verdicts = (line.split() for line in got.text.splitlines() if line[:2] == "//")
    found = {words[0]: words[1] for words in verdicts}
    assert found, got.text
    return {label for label, word in found.items() if word != "(cached)"}


def small_tests(checkout: Checkout) -> set[str]:
    """Return every small test that is run here."""
    union = " + ".join(PATTERNS)
    query = f'attr("size", "small", tests({union}))'
    return set(checkout.bazel("query", "--keep_going", query).stdout.split())


def append(checkout: Checkout, path: str, text: str) -> None:
    """Add text to a file."""
    checkout.write(path, (checkout.root / path).read_text() + text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param(LIBRARY, "\nREVISION = 2\n", id="source"),
        pytest.param("libs/mq/BUILD.bazel", "\nexports_files([])\n", id="exports"),
        pytest.param(
            "services/common_ml/tests/BUILD.bazel",
            '\npytest_test(\n    name = "test_new",\n    size = "small",\n'
            '    srcs = ["test_worker.py"],\n    deps = ["//services/common_ml:worker"],\n)\n',
            id="rule",
        ),
        pytest.param("tools/testing/defs.bzl", "\nMORE = 1\n", id="loaded-file"),
        pytest.param("requirements_lock.txt", "# Why.\n", id="lock"),
        pytest.param("README.md", "More.\n", id="readme"),
    ],
)
def test_all_that_runs_anew_is_listed(checkout: Checkout, path: str, text: str) -> None:
    executed_tests(checkout)
    append(checkout, path, text)

    listed = affected_tests(checkout)

    assert executed_tests(checkout) <= listed


def test_source_lists_exactly_what_runs_anew(checkout: Checkout) -> None:
    executed_tests(checkout)
    append(checkout, LIBRARY, "\nREVISION = 3\n")
    checkout.git("commit", "--quiet", "--all", "--message=edit")

    listed = affected_tests(checkout, "--base", "HEAD~1") & small_tests(checkout)
    checkout.git("reset", "--quiet", "--soft", "HEAD~1")

    assert executed_tests(checkout) == listed
    assert any(label.startswith("//services/") for label in listed)


def test_new_file_lists_what_reads_the_inventory(checkout: Checkout) -> None:
    executed_tests(checkout)
    checkout.write("services/new/file.txt", "")

    listed = affected_tests(checkout)
    executed = executed_tests(checkout)

    assert executed <= listed
    assert "//tools/readme/tests:test_readme" in executed
