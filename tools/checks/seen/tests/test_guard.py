"""Tests of what no check sees, by small trees."""

import pytest

from tools.checks.seen.guard import Tree, examine
from tools.findings.finding import Finding

BAZELRC = """build --aspects=//tools/checks:defs.bzl%checks
build --aspects=//tools/imports:defs.bzl%imports
build:nochecks --norun_validations
run --norun_validations
"""
PYPROJECT = """[tool.black]
line-length = 88
[tool.ruff.lint.isort]
known-first-party = ["libs"]
[tool.mypy]
strict = true
"""
ROOT = {"BUILD.bazel": 'exports_files(["pyproject.toml"])\n'}
LIBRARY = 'py_library(\n    name = "a",\n    srcs = ["a.py"],\n)\n'


def found(
    *files: str, bazelrc: str = BAZELRC, pyproject: str = PYPROJECT, **starlark: str
) -> list[Finding]:
    """Return what is found in a tree of these files; `libs_a` stands for libs/a/BUILD.bazel."""
    texts = dict(ROOT)
    for name, text in starlark.items():
        texts[f"{name.replace('_', '/')}/BUILD.bazel"] = text
    tree = Tree(
        files=["pyproject.toml", *texts, *files],
        starlark=texts,
        hidden=["hidden"],
        bazelrc=bazelrc,
        pyproject=pyproject,
    )
    return examine(tree)


def rules(findings: list[Finding]) -> list[str]:
    """Return the rules alone."""
    return [finding.rule for finding in findings]


def test_tree_with_every_file_in_a_target_is_clean() -> None:
    assert found("libs/a/a.py", libs_a=LIBRARY) == []


def test_python_outside_every_target_is_named_with_the_line_to_add() -> None:
    got = found("libs/a/a.py", "libs/a/b.py", libs_a=LIBRARY)

    assert got == [
        Finding(
            path="libs/a/b.py",
            line=0,
            column=0,
            rule="seen/outside",
            text="no Python target has it in srcs, so nothing checks it",
            fix=(
                'in libs/a/BUILD.bazel add "b.py" to the srcs of a py_library, or add '
                'py_library(name = "b", srcs = ["b.py"])'
            ),
        )
    ]


def test_stub_outside_every_target_has_a_list_of_its_own() -> None:
    (got,) = found("libs/a/a.py", "libs/a/a.pyi", libs_a=LIBRARY)
    inside = LIBRARY.replace("],\n", '],\n    pyi_srcs = ["a.pyi"],\n')

    assert got.text == "no Python target has it in pyi_srcs, so nothing checks it"
    assert got.fix.startswith(
        'in libs/a/BUILD.bazel add "a.pyi" to the pyi_srcs of a py_library'
    )
    assert found("libs/a/a.py", "libs/a/a.pyi", libs_a=inside) == []


def test_file_that_no_build_file_can_name_is_to_be_renamed() -> None:
    (got,) = found("libs/a/a.py", "libs/a/naïve.py", libs_a=LIBRARY)

    assert got == Finding(
        path="libs/a/naïve.py",
        line=0,
        column=0,
        rule="seen/name",
        text='its name holds "ï", which Bazel can\'t take in every place',
        fix="rename it: letters of ASCII, digits, and _ . + - ~ are taken.",
    )


def test_file_in_data_alone_is_outside() -> None:
    listed = LIBRARY.replace("srcs", "data")

    assert rules(found("libs/a/a.py", libs_a=listed)) == ["seen/outside"]


def test_test_file_without_a_pytest_test_never_runs() -> None:
    listed = 'py_library(name = "t", srcs = ["test_a.py"])\n'

    (got,) = found("libs/tests/test_a.py", libs_tests=listed)

    assert got.rule == "seen/no-test"
    assert got.fix == (
        "in libs/tests/BUILD.bazel add "
        'pytest_test(name = "test_a", size = "small", srcs = ["test_a.py"], …)'
    )


def test_pytest_test_sees_its_file() -> None:
    listed = 'pytest_test(name = "test_a", size = "small", srcs = ["test_a.py"])\n'

    assert found("libs/tests/test_a.py", libs_tests=listed) == []


@pytest.mark.parametrize(
    "srcs", ['glob(["*.py"])', 'glob(["**/*.py"])', '[":group"]', '["//libs/a:a.py"]']
)
def test_file_may_be_named_in_other_ways(srcs: str) -> None:
    listed = (
        'filegroup(name = "group", srcs = ["a.py"])\n'
        f'py_library(name = "a", srcs = {srcs})\n'
    )

    assert found("libs/a/a.py", libs_a=listed) == []


def test_file_of_two_targets_is_checked_twice() -> None:
    listed = LIBRARY + 'py_binary(name = "b", srcs = ["a.py"])\n'

    (got,) = found("libs/a/a.py", libs_a=listed)

    assert got.rule == "seen/twice"
    assert ":a, :b" in got.text


def test_target_may_share_a_file_with_one_of_its_deps() -> None:
    listed = LIBRARY + 'py_binary(name = "b", srcs = ["a.py"], deps = [":a"])\n'

    assert found("libs/a/a.py", libs_a=listed) == []


def test_empty_srcs_is_named_with_its_line() -> None:
    (got,) = found(libs_a='\npy_library(\n    name = "a",\n    srcs = [],\n)\n')

    assert (got.path, got.line, got.rule) == ("libs/a/BUILD.bazel", 2, "seen/empty")


@pytest.mark.parametrize("tag", ["no-mypy", "no-black=", "no-ruff= "])
def test_check_is_not_switched_off_without_a_reason(tag: str) -> None:
    listed = f'py_library(name = "a", srcs = ["a.py"], tags = ["{tag}"])\n'

    assert rules(found("libs/a/a.py", libs_a=listed)) == ["seen/switched-off"]


def test_reason_switches_a_check_off() -> None:
    listed = 'py_library(name = "a", srcs = ["a.py"], tags = ["no-mypy=by protoc"])'

    assert found("libs/a/a.py", libs_a=listed) == []


def test_manual_target_is_not_checked() -> None:
    listed = 'py_library(name = "a", srcs = ["a.py"], tags = ["manual"])\n'

    assert rules(found("libs/a/a.py", libs_a=listed)) == ["seen/manual"]


def test_bazelrc_without_the_aspect_names_the_line_to_add() -> None:
    bazelrc = BAZELRC.replace("build --aspects=//tools/checks:defs.bzl%checks\n", "")

    (got,) = found(bazelrc=bazelrc)

    assert got.path == ".bazelrc"
    assert got.fix == "add: build --aspects=//tools/checks:defs.bzl%checks"


@pytest.mark.parametrize(
    "flag", ["--norun_validations", "--run_validations=false", "--run_validations=0"]
)
def test_validations_stay_on_but_for_run(flag: str) -> None:
    (got,) = found(bazelrc=f"{BAZELRC}test {flag}\n")

    assert (got.line, got.text) == (5, "test runs no checks")


def test_toml_outside_every_target_is_named_with_the_line_to_add() -> None:
    (got,) = found("libs/a/x.toml", "libs/a/a.py", libs_a=LIBRARY)

    assert got.fix == 'in libs/a/BUILD.bazel add exports_files(["x.toml"])'


def test_starlark_by_another_name_is_not_seen() -> None:
    assert rules(found("libs/a/BUILD")) == ["seen/starlark"]


def test_bzl_that_nothing_loads_is_dead() -> None:
    (got,) = found("libs/a/defs.bzl", "libs/a/a.py", libs_a=LIBRARY)

    assert got.rule == "seen/unloaded"
    assert got.fix.startswith('load("//libs/a:defs.bzl", …)')


def test_bzl_outside_every_package_is_named() -> None:
    assert rules(found("libs/a/defs.bzl")) == ["seen/outside"]


def test_loaded_bzl_is_seen() -> None:
    listed = 'load(":defs.bzl", "f")\n' + LIBRARY

    assert found("libs/a/defs.bzl", "libs/a/a.py", libs_a=listed) == []


def test_top_folder_that_ruff_does_not_know_is_named() -> None:
    assert rules(found("apps/a/a.py", apps_a=LIBRARY)) == ["seen/first-party"]


def test_file_that_is_no_starlark_is_an_error() -> None:
    (got,) = found(libs_a="def f(:\n")

    place = ("libs/a/BUILD.bazel", 1, "seen/unreadable")
    assert (got.path, got.line, got.rule) == place


@pytest.mark.parametrize(
    ("section", "line", "tool"),
    [
        ("[tool.black]", 'force-exclude = "libs"', "black"),
        ("[tool.ruff]", 'extend-exclude = ["libs"]', "ruff"),
        ("[tool.mypy]", 'exclude = "libs"', "mypy"),
        ("[tool.mypy]", 'files = "libs"', "mypy"),
    ],
)
def test_setting_that_leaves_files_out_is_a_finding(
    section: str, line: str, tool: str
) -> None:
    if section in PYPROJECT:
        pyproject = PYPROJECT.replace(section, f"{section}\n{line}")
    else:
        pyproject = f"{section}\n{line}\n{PYPROJECT}"

    (got,) = found(pyproject=pyproject)

    key = line.partition(" ")[0]
    assert got.path == "pyproject.toml"
    assert got.text == f"[tool.{tool}] {key} leaves files out of the check"


def test_module_for_which_mypy_is_switched_off_is_a_finding() -> None:
    override = '[[tool.mypy.overrides]]\nmodule = "libs.a"\nignore_errors = true\n'
    harmless = '[[tool.mypy.overrides]]\nmodule = "libs.b"\nstrict = true\n'

    (got,) = found(pyproject=PYPROJECT + override + harmless)

    assert got.text == "mypy is switched off for libs.a"


def test_folder_that_ruff_does_not_know_as_ours_is_a_finding() -> None:
    got = found("services/a.py", services=LIBRARY)

    assert [finding.fix for finding in got] == [
        'add "services" to [tool.ruff.lint.isort] known-first-party'
    ]
