"""Tests of module names and indexes."""

import pytest

from tools.imports.index.modules import (
    Index,
    candidates,
    distribution_index,
    module_of,
    modules_of,
)


@pytest.mark.parametrize(
    ("path", "want"),
    [
        ("a/b.py", "a.b"),
        ("a/__init__.py", "a"),
        ("a/b.pyi", "a.b"),
        ("a/b.cpython-314-x86_64-linux-gnu.so", "a.b"),
        ("a/b.abi3.so", "a.b"),
        ("yaml-stubs/__init__.pyi", "yaml-stubs"),
        ("a/data.json", None),
        ("a/libx.so.1", None),
        ("a/with-dash.py", None),
        ("a.dist-info/x.py", None),
        ("__init__.py", None),
    ],
)
def test_module_of_a_path(path: str, want: str | None) -> None:
    assert module_of(path) == want


def test_a_root_gives_a_second_name() -> None:
    assert modules_of(["old/src/x.py"], ["old/src"]) == {"old.src.x", "x"}


def test_index_of_a_target_is_made_of_paths() -> None:
    got = Index(
        '{"label": "//a", "deps": ["//b"], "roots": ["a/src"]}\n' "a/src/x.py\n"
    )

    assert (got.label, got.deps, got.paths) == ("//a", ["//b"], ["a/src/x.py"])
    assert got.modules == {"a.src.x", "x"}
    assert got.namespaces == {"a", "a.src"}
    assert got.tops == {"a", "x"}


def test_index_of_a_distribution_is_made_of_modules() -> None:
    text = distribution_index("@pip//y", ["y/z.py", "y-stubs/z.pyi"], is_plugin=True)
    got = Index(text)

    assert (got.modules, got.stubs, got.namespaces) == ({"y.z"}, {"y.z"}, {"y"})
    assert got.is_plugin
    assert got.tops == {"y"}


def test_candidates_begin_with_the_likeliest() -> None:
    assert candidates("a.b", "c") == ["a.b.c", "a.b", "a"]
    assert candidates("a.b", "") == ["a.b", "a"]
