"""Tests of Python that no target has, or no test runs."""

import pytest

from tools.checks.unowned_files.tests.trees import (
    LIBRARY,
    PYPROJECT,
    TEST,
    found,
    rules,
)
from tools.findings.finding import Finding


def test_tree_with_every_file_in_a_target_is_clean() -> None:
    assert found("libs/a/a.py", libs_a=LIBRARY) == []


def test_python_outside_every_target_is_named_with_the_line_to_add() -> None:
    got = found("libs/a/a.py", "libs/a/b.py", libs_a=LIBRARY)

    assert got == [
        Finding(
            path="libs/a/b.py",
            line=0,
            column=0,
            rule="unowned_files/outside",
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
        rule="unowned_files/name",
        text='its name holds "ï", which Bazel can\'t take in every place',
        fix="rename it: letters of ASCII, digits, and _ . + - ~ are taken.",
    )


def test_file_in_data_alone_is_outside() -> None:
    listed = LIBRARY.replace("srcs", "data")

    assert rules(found("libs/a/a.py", libs_a=listed)) == ["unowned_files/outside"]


@pytest.mark.parametrize("name", ["test_a.py", "a_test.py", "tests.py"])
def test_test_file_without_a_pytest_test_never_runs(name: str) -> None:
    listed = f'py_library(name = "t", srcs = ["{name}"])\n'

    (got,) = found(sources={f"libs/t/{name}": TEST}, libs_t=listed)

    stem = name.removesuffix(".py")
    assert got == Finding(
        path=f"libs/t/{name}",
        line=0,
        column=0,
        rule="unowned_files/no-test",
        text="pytest would run its tests, and no pytest_test has it in srcs: they never run",
        fix=(
            "in libs/t/BUILD.bazel add "
            f'pytest_test(name = "{stem}", size = "small", srcs = ["{name}"], …), '
            "instead of //libs/t; or write __test__ = False into it."
        ),
    )


def test_pytest_test_sees_its_file() -> None:
    listed = 'pytest_test(name = "test_a", size = "small", srcs = ["test_a.py"])\n'

    assert found(sources={"libs/tests/test_a.py": TEST}, libs_tests=listed) == []


def test_module_that_is_only_called_like_a_test_may_be_a_library() -> None:
    listed = 'py_library(name = "a", srcs = ["test_tools.py"])\n'

    assert found(sources={"libs/a/test_tools.py": b"A = 1"}, libs_a=listed) == []


@pytest.mark.parametrize(
    ("attributes", "want"),
    [
        ('name = "test_a", srcs = ["test_a.py"]', []),
        ('name = "x", main = "test_a.py", srcs = ["test_a.py"]', []),
        (
            'name = "x", main = "x.py", srcs = ["test_a.py", "x.py"]',
            ["unowned_files/no-test"],
        ),
    ],
)
def test_main_program_of_a_py_test_is_another_checks(
    attributes: str, want: list[str]
) -> None:
    sources = {"libs/a/test_a.py": TEST}

    assert rules(found(sources=sources, libs_a=f"py_test({attributes})\n")) == want


def test_test_that_a_program_runs_is_run() -> None:
    program = 'py_binary(name = "nested", deps = ["//tools/a"])\n'
    listed = 'py_library(name = "a", srcs = ["test_a.py"])\n'
    pyproject = PYPROJECT.replace('"libs"', '"tools"')
    test = {"tools/a/test_a.py": TEST}

    with_it = found(
        pyproject=pyproject, sources=test, tools_nested=program, tools_a=listed
    )
    without = found(pyproject=pyproject, sources=test, tools_a=listed)

    assert with_it == []
    assert rules(without) == ["unowned_files/no-test"]


def test_pattern_of_test_files_that_the_inventory_does_not_hand_over_is_refused() -> (
    None
):
    pyproject = PYPROJECT.replace('"tests.py"', '"check_*.py"')

    (got,) = found(pyproject=pyproject)

    assert got.text == (
        'python_files holds "check_*.py", and only files with "test" in their name are looked at'
    )


@pytest.mark.parametrize(
    "srcs",
    [
        'glob(["*.py"], exclude = ["b.py"])',
        'glob(["a*"])',
        '[name + ".py" for name in ["a"]]',
        'select({"//x:y": ["a.py"]})',
    ],
)
def test_file_that_bazel_does_not_give_a_target_is_outside(srcs: str) -> None:
    listed = f'py_library(name = "a", srcs = {srcs})\n'

    (got,) = found("libs/a/a.py", "libs/a/b.py", libs_a=listed)

    assert (got.path, got.rule) == ("libs/a/b.py", "unowned_files/outside")


def test_glob_does_not_reach_into_a_folder_or_another_package() -> None:
    listed = 'py_library(name = "a", srcs = glob(["*.py"]))\n'
    deep = listed.replace("*.py", "**/*.py")
    files = ("libs/a/a.py", "libs/a/in/b.py")

    assert [it.path for it in found(*files, libs_a=listed)] == ["libs/a/in/b.py"]
    assert found(*files, libs_a=deep) == []
    assert [it.path for it in found(*files, libs_a=deep, libs_a_in="")] == [
        "libs/a/in/b.py"
    ]


def test_sources_that_the_text_does_not_give_are_a_finding_with_their_line() -> None:
    listed = (
        'load("@other//:defs.bzl", "OTHER")\n'
        'py_library(name = "a", srcs = ["a.py"] + OTHER)\n'
        "[py_library(name = f, srcs = [f]) for f in OTHER]\n"
    )

    got = found("libs/a/a.py", libs_a=listed)

    fix = "write the files out, or take them from what this repository's text gives."
    place = "libs/a/BUILD.bazel"
    reason = "it depends on OTHER, which this repository's text doesn't give"
    assert got == [
        Finding(
            place,
            2,
            0,
            "unowned_files/untold",
            "the text doesn't give all files of //libs/a",
            fix,
        ),
        Finding(
            place,
            3,
            0,
            "unowned_files/untold",
            f"the text doesn't give which targets this makes: {reason}",
            fix,
        ),
    ]


def test_macro_without_python_may_do_what_it_likes() -> None:
    listed = 'load("@other//:defs.bzl", "m", "X")\n[m(name = x) for x in X]\n'

    assert found(libs_a=listed) == []


def test_file_of_python_by_another_ending_is_named() -> None:
    got = found("libs/a/A.PY", "libs/a/b.pyw", libs_a="")

    assert [(it.path, it.rule, it.fix) for it in got] == [
        ("libs/a/A.PY", "unowned_files/outside", "rename it."),
        ("libs/a/b.pyw", "unowned_files/outside", "rename it."),
    ]


def test_conftest_that_a_test_lacks_is_a_finding_with_its_fix() -> None:
    beside = 'py_library(name = "conf", srcs = ["conftest.py"])\n'
    below = '\npytest_test(name = "test_b", srcs = ["test_b.py"])\n'
    tests = {"libs/t/in/test_b.py": TEST}

    (got,) = found("libs/t/conftest.py", sources=tests, libs_t=beside, libs_t_in=below)

    assert got == Finding(
        path="libs/t/in/BUILD.bazel",
        line=2,
        column=0,
        rule="unowned_files/conftest",
        text="libs/t/conftest.py applies to //libs/t/in:test_b, which doesn't have it",
        fix=(
            'add "//libs/t:conf" to its deps, and //libs/t/in:__pkg__ to the visibility '
            "of that: bazel run //:fix"
        ),
    )


def test_names_that_hide_others_are_findings() -> None:
    listed = 'py_library(name = "a", srcs = ["src/numpy.py"], imports = ["src"])\n'
    pyproject = PYPROJECT.replace('"libs"', '"libs", "platform"')
    files = ("libs/a/src/numpy.py", "platform/a.py")

    got = found(*files, pyproject=pyproject, libs_a=listed, platform=LIBRARY)

    assert [(it.path, it.line, it.rule, it.text) for it in got] == [
        (
            "libs/a/BUILD.bazel",
            1,
            "unowned_files/taken",
            "libs/a/src/numpy.py: the imports of //libs/a put it on the import path, "
            'where it hides the module "numpy" of @pip//numpy',
        ),
        (
            "platform",
            0,
            "unowned_files/taken",
            'at the root of the repository it hides Python\'s own module "platform"',
        ),
    ]


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

    assert got.rule == "unowned_files/twice"
    assert "//libs/a, //libs/a:b" in got.text


def test_target_may_share_a_file_with_one_of_its_deps() -> None:
    listed = LIBRARY + 'py_binary(name = "b", srcs = ["a.py"], deps = [":a"])\n'

    assert found("libs/a/a.py", libs_a=listed) == []
