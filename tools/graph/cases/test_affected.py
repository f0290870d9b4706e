"""What is listed as affected holds all that Bazel then does anew, and for a source nothing else."""

import pytest

from tools.nested.cases.projects import add_projects
from tools.nested.checkout import Checkout

PATTERNS = ("//case/...", "//tools/lock/...", "//tools/readme/...")
TEST = ("test", "--config=nochecks", "--test_size_filters=small", *PATTERNS)
LIBRARY = "case/rates/rates.py"
NEW_TEST = """
pytest_test(
    name = "test_new",
    size = "small",
    srcs = ["test_work.py"],
    deps = ["//case/mail:work"],
)
"""
# What is added to which file, one after the other.
EDITS = {
    "case/words/BUILD.bazel": "\nexports_files([])\n",
    "case/mail/tests/BUILD.bazel": NEW_TEST,
    "case/file.txt": "new\n",
    "requirements_lock.txt": "# Why.\n",
    "README.md": "More.\n",
    "tools/testing/defs.bzl": "\nMORE = 1\n",
}


@pytest.fixture(autouse=True)
def projects(checkout: Checkout) -> None:
    add_projects(checkout)
    commit(checkout)


def commit(checkout: Checkout) -> None:
    """Commit whatever changed."""
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=edit")


def affected(checkout: Checkout, group: str, *options: str) -> set[str]:
    """Return what is listed of a group."""
    command = ("run", "//tools/affected", "--", "--only", group, *options)
    got = checkout.bazel(*command)
    assert got.exit_code == 0, got.text
    return set(got.stdout.split())


def executed_tests(checkout: Checkout) -> set[str]:
    """Run small tests; return those that came from no cache."""
    got = checkout.bazel(*TEST)
    assert got.verdicts, got.text
    return {label for label, word in got.verdicts.items() if word != "(cached)"}


def small_tests(checkout: Checkout) -> set[str]:
    """Return every small test that is run here."""
    union = " + ".join(PATTERNS)
    query = f'attr("size", "small", tests({union}))'
    return set(checkout.bazel("query", "--keep_going", query).stdout.split())


def append(checkout: Checkout, path: str, text: str) -> None:
    """Add text to a file, or make it."""
    file = checkout.root / path
    checkout.write(path, (file.read_text() if file.exists() else "") + text)


def test_all_that_runs_anew_is_listed(checkout: Checkout) -> None:
    executed_tests(checkout)

    for path, text in EDITS.items():
        append(checkout, path, text)
        listed = affected(checkout, "tests")
        executed = executed_tests(checkout)
        commit(checkout)

        assert executed <= listed, path


def test_source_lists_exactly_what_runs_anew(checkout: Checkout) -> None:
    executed_tests(checkout)
    append(checkout, LIBRARY, "\nREVISION = 3\n")
    commit(checkout)

    since = ("--base", "HEAD~1")
    listed = affected(checkout, "tests", *since) & small_tests(checkout)
    pushes = affected(checkout, "pushes", *since)

    assert executed_tests(checkout) == listed
    assert pushes == {"//case/mail:push", "//case/shop:push"}
    assert listed == {"//case/mail/tests:test_work", "//case/shop/tests:test_work"}


def test_package_that_a_group_lets_in_no_longer_is_listed(checkout: Checkout) -> None:
    checkout.replace("case/rates/BUILD.bazel", '"//case/shop/...",', "")

    listed = affected(checkout, "tests")
    built = checkout.bazel("build", "--nobuild", "//case/shop:work")

    assert built.exit_code != 0
    assert "//case/shop/tests:test_work" in listed
    assert not any(label.startswith("//case/mail") for label in listed)
