"""Tests of where files of the tree lie."""

from tools.tree.paths import path_in_tree


def test_path_is_that_below_the_group() -> None:
    file = "external/+tree+tree/build_files/libs/build_files/BUILD.bazel.txt"

    assert path_in_tree(file, "build_files") == "libs/build_files/BUILD.bazel"
