"""Tests of what the picture is made of."""

from typing import Any

from tools.graph.dependencies import Graph
from tools.graph.picture.model import Facts, picture, project_edges

GRAPH = Graph(
    {
        "//:all": ["//libs/a:a"],
        "//libs/a:a": ["//libs/b:b", "@pip//numpy", "//libs/a:private"],
        "//libs/a:private": [],
        "//libs/a/tests:test_a": ["//libs/a:a", "//tools/testing:runner"],
        "//libs/b:b": [],
        "//tools/testing:runner": [],
    },
    {
        "//:all": "filegroup",
        "//libs/a:a": "py_library",
        "//libs/a:private": "py_library",
        "//libs/a/tests:test_a": "py_test",
        "//libs/b:b": "py_library",
        "//tools/testing:runner": "py_library",
    },
)


def data(facts: Facts = Facts()) -> dict[str, Any]:  # noqa: B008  # it is frozen
    """Return the picture's data."""
    return picture(GRAPH, facts)


def test_projects_use_each_other_but_for_their_tests() -> None:
    assert project_edges(GRAPH) == {
        "//": ["libs/a"],
        "libs/a": ["libs/b"],
        "libs/b": [],
        "tools/testing": [],
    }


def test_targets_name_each_other_by_place() -> None:
    got = data()

    labels = [label for label, *_ in got["targets"]]
    label, project, kind, inputs = got["targets"][labels.index("//libs/a:a")]
    assert got["projects"][project]["name"] == "libs/a"
    assert got["kinds"][kind] == "py_library"
    assert [labels[number] for number in inputs] == ["//libs/b:b", "//libs/a:private"]
    assert label == "//libs/a:a"


def test_owners_are_the_nearest() -> None:
    got = data(Facts(owners={"": ["@all"], "libs/a": ["@a"]}))

    owners = {project["name"]: project["owners"] for project in got["projects"]}
    assert owners["libs/a"] == ["@a"]
    assert owners["libs/b"] == ["@all"]


def test_the_same_graph_is_the_same_picture() -> None:
    edges = dict(reversed(GRAPH.edges.items()))
    classes = dict(reversed(GRAPH.classes.items()))

    assert picture(Graph(edges, classes), Facts()) == data()
