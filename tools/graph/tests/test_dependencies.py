"""Tests of the graph that Bazel answers with, and of who uses what."""

import json

from tools.graph.dependencies import parse_graph, paths_to, user_packages
from tools.graph.who import format_users, users_of


def rule(name: str, kind: str, *inputs: str, tags: tuple[str, ...] = ()) -> str:
    attribute = [{"name": "tags", "stringListValue": list(tags)}]
    fields = {"name": name, "ruleClass": kind, "attribute": attribute}
    return json.dumps({"type": "RULE", "rule": fields | {"ruleInput": list(inputs)}})


REPOSITORY = "@@rules++pip+pip_numpy//:pkg"
ANSWER = "\n".join(
    [
        rule("//libs/ml:ml", "py_library", "@pip//numpy:numpy", "//libs/ml:a.py"),
        rule("//libs/ml/tests:test_ml", "py_test", "//libs/ml:ml"),
        rule("//svc/api:image", "oci_image", "//svc/api:api"),
        rule("//svc/api:api", "py_binary", "//libs/ml:ml"),
        rule("//docs:docs", "filegroup"),
        rule("//tools/imports/distributions:solved", "x", "@pip//numpy:numpy"),
        rule("@pip//numpy:numpy", "alias", "@pip//numpy:pkg"),
        rule("@pip//numpy:pkg", "alias", REPOSITORY),
        rule(REPOSITORY, "py_library", tags=("pypi_name=numpy", "pypi_version=2")),
        json.dumps({"type": "SOURCE_FILE", "sourceFile": {"name": "//libs/ml:a.py"}}),
    ]
)


def test_a_distribution_has_one_name_however_its_repository_is_called() -> None:
    graph = parse_graph(ANSWER)

    assert graph.edges["//libs/ml"] == ["@pip//numpy", "//libs/ml:a.py"]
    assert graph.edges["@pip//numpy"] == []


def test_users_are_packages() -> None:
    users = user_packages(parse_graph(ANSWER).edges)

    assert users["//libs/ml"] == {"libs/ml/tests", "svc/api"}


def test_paths_are_the_shortest() -> None:
    edges = {"//a": ["//b", "//c"], "//b": ["//c"], "//c": []}

    assert paths_to(edges, ["//c"])["//a"] == ["//a", "//c"]


def test_users_of_a_distribution_are_told_apart() -> None:
    users = users_of("@pip//numpy", parse_graph(ANSWER))
    imports = ["libs/ml/a.py:3: imports numpy"]

    assert format_users("@pip//numpy", imports, users) == (
        "@pip//numpy\n"
        " imports: 1\n"
        "  libs/ml/a.py:3: imports numpy\n"
        " projects: 2\n"
        "  //libs/ml -> @pip//numpy\n"
        "  //svc/api -> //libs/ml -> @pip//numpy\n"
        " images: 1\n"
        "  //svc/api:image -> //svc/api -> //libs/ml -> @pip//numpy\n"
        " tests: 1\n"
        "  //libs/ml/tests:test_ml -> //libs/ml -> @pip//numpy\n"
        " targets: 2\n"
        "  //libs/ml -> @pip//numpy\n"
        "  //svc/api -> //libs/ml -> @pip//numpy\n"
    )
