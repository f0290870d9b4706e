"""Tests of what a query tells of the repository."""

from tools.graph.affected.targets import parse_targets
from tools.graph.affected.tests.repository import generated, rule, source

ANSWER = (
    rule("//libs/a:a", "py_library", "libs/a/BUILD.bazel:5", "//libs/a:made.py")
    + rule("//libs/a:image.push", "oci_push", "libs/a/BUILD.bazel:9", tags="manual x")
    + rule("@tree//:files", "filegroup", "/elsewhere/BUILD:1", "@tree//:files.txt")
    + generated("//libs/a:made.py", by="//libs/a:maker")
    + source("//libs/a:BUILD.bazel")
    + source("//:BUILD")
    + source("@tree//:BUILD.bazel")
)


def test_rules_are_known_by_their_short_labels() -> None:
    rules = parse_targets(ANSWER).rules

    assert list(rules) == ["//libs/a", "//libs/a:image.push"]
    assert (rules["//libs/a"].package, rules["//libs/a"].line) == ("libs/a", 5)
    assert [it.is_manual for it in rules.values()] == [False, True]


def test_files_that_are_made_lead_to_their_rules() -> None:
    assert parse_targets(ANSWER).edges == {
        "//libs/a": ["//libs/a:made.py"],
        "//libs/a:image.push": [],
        "//libs/a:made.py": ["//libs/a:maker"],
        "@tree//:files": ["@tree//:files.txt"],
    }


def test_all_targets_of_a_distribution_are_one() -> None:
    answer = rule("//a:a", "py_test", "a/BUILD:1", "@pip//uv:data", "@pip//uv:uv")

    assert parse_targets(answer).edges == {"//a": ["@pip//uv"]}


def test_file_belongs_to_the_nearest_package() -> None:
    targets = parse_targets(ANSWER)

    assert targets.packages == {"", "libs/a"}
    paths = ("libs/a/b/c.py", "libs/x.py", "x.py")
    assert [targets.owner(path) for path in paths] == ["libs/a", "", ""]


def test_file_may_belong_to_none() -> None:
    assert parse_targets(source("//libs/a:BUILD.bazel")).owner("libs/x.py") is None


def test_rules_are_found_by_their_lines() -> None:
    targets = parse_targets(ANSWER)
    path = "libs/a/BUILD.bazel"

    assert list(targets.of_lines(path, [(1, 4), (5, 7)])) == ["//libs/a"]
    assert list(targets.of_lines("libs/b/BUILD.bazel", [(1, 9)])) == []
