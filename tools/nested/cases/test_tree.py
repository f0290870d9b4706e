"""The inventory is an input: it changes when a file comes or goes, and not when one is edited."""

import shutil

from tools.nested.checkout import Checkout

BUILD = """load("//tools/testing:defs.bzl", "pytest_test")

pytest_test(
    name = "test_case",
    size = "small",
    srcs = ["test_case.py"],
    data = ["//tools/tree:files"],
)
"""
LABEL = "//case:test_case"
SOURCE = """from pathlib import Path


def test_inventory():
    files = Path("../{repository}/files.txt").read_text().splitlines()
    assert "case/test_case.py" in files
    assert "case/forbidden.txt" not in files
"""


def add_case(checkout: Checkout) -> None:
    checkout.write("case/BUILD.bazel", BUILD)
    where = checkout.bazel("cquery", "--output=files", "//tools/tree:files").stdout
    checkout.write("case/test_case.py", SOURCE.format(repository=where.split("/")[1]))


def test_new_file_runs_the_test_again_and_an_edit_does_not(checkout: Checkout) -> None:
    add_case(checkout)
    checkout.write("case/notes.txt", "one\n")

    first = checkout.bazel("test", LABEL).verdict(LABEL)
    checkout.write("case/notes.txt", "two\n")
    edited = checkout.bazel("test", LABEL).verdict(LABEL)
    checkout.write("case/forbidden.txt", "")
    added = checkout.bazel("test", LABEL).verdict(LABEL)

    assert (first, edited, added) == ("PASSED", "(cached) PASSED", "FAILED")


def test_ignored_file_is_not_in_the_inventory(checkout: Checkout) -> None:
    add_case(checkout)
    checkout.write(".gitignore", "/bazel-*\nforbidden.txt\n")
    checkout.write("case/forbidden.txt", "")

    assert checkout.bazel("test", LABEL).verdict(LABEL) == "PASSED"


def test_file_in_a_new_folder_is_seen(checkout: Checkout) -> None:
    add_case(checkout)
    checkout.replace(
        "case/test_case.py", "case/forbidden.txt", "brand/new/forbidden.txt"
    )

    before = checkout.bazel("test", LABEL).verdict(LABEL)
    checkout.write("brand/new/forbidden.txt", "")
    after = checkout.bazel("test", LABEL).verdict(LABEL)

    assert (before, after) == ("PASSED", "FAILED")


def test_file_in_a_folder_that_was_empty_is_seen(checkout: Checkout) -> None:
    add_case(checkout)
    checkout.replace(
        "case/test_case.py", "case/forbidden.txt", "case/new/deep/forbidden.txt"
    )
    checkout.write("case/new/deep/__pycache__/old.pyc", "")
    checkout.write(".gitignore", "/bazel-*\n__pycache__\n")

    before = checkout.bazel("test", LABEL).verdict(LABEL)
    checkout.write("case/new/deep/forbidden.txt", "")
    after = checkout.bazel("test", LABEL).verdict(LABEL)

    assert (before, after) == ("PASSED", "FAILED")


def test_a_folder_that_goes_leaves_the_inventory(checkout: Checkout) -> None:
    checkout.write("gone/deep/a.txt", "")
    files = "tools/tree:files"
    before = checkout.bazel("build", f"//{files}")
    shutil.rmtree(checkout.root / "gone")

    after = checkout.bazel("build", f"//{files}")

    assert (before.exit_code, after.exit_code) == (0, 0), after.text


def test_a_commit_has_nothing_analysed_again(checkout: Checkout) -> None:
    add_case(checkout)
    build = ("build", "--config=nochecks", LABEL)
    before = checkout.bazel(*build)
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=case")

    after = checkout.bazel(*build)

    assert (before.exit_code, after.exit_code) == (0, 0), after.text
    assert "(0 packages loaded, 0 targets configured)" in after.text


def test_links_lead_to_where_a_checkout_was_moved(checkout: Checkout) -> None:
    label = "//tools/tree:build_files"
    listed = checkout.bazel("cquery", "--output=files", label).stdout.split()
    link = checkout.output_base / next(
        path for path in listed if path.endswith("/build_files/BUILD.bazel.txt")
    )
    first = checkout.root
    checkout.root = first.rename(first.with_name("moved"))
    try:
        moved = checkout.bazel("build", label)
        target = link.readlink()
    finally:
        checkout.root = checkout.root.rename(first)

    assert moved.exit_code == 0, moved.text
    assert target == first.with_name("moved") / "BUILD.bazel"
