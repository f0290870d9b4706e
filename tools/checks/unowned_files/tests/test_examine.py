"""Tests of what no check sees, by small trees."""

import pytest

from tools.checks.unowned_files.examine import examine
from tools.checks.unowned_files.tree import Tree
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
[tool.pyrefly]
preset = "strict"
[tool.pytest]
python_files = ["test_*.py", "*_test.py", "tests.py"]
"""
TEST = b"def test_a() -> None: pass"
ROOT = {"BUILD.bazel": 'exports_files(["pyproject.toml"])\n'}
LIBRARY = 'py_library(\n    name = "a",\n    srcs = ["a.py"],\n)\n'


def found(
    *files: str,
    bazelrc: str = BAZELRC,
    pyproject: str = PYPROJECT,
    sources: dict[str, bytes] | None = None,
    **starlark: str,
) -> list[Finding]:
    """Return what is found in a tree of these files; `libs_a` stands for libs/a/BUILD.bazel."""
    texts = dict(ROOT)
    for name, text in starlark.items():
        texts[f"{name.replace('_', '/')}/BUILD.bazel"] = text
    sources = sources or {}
    tree = Tree(
        files=["pyproject.toml", *texts, *files, *sources],
        starlark=texts,
        hidden=["hidden"],
        bazelrc=bazelrc,
        pyproject=pyproject,
        sources=sources,
        distributions={"numpy": "@pip//numpy"},
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


def test_empty_srcs_is_named_with_its_line() -> None:
    (got,) = found(libs_a='\npy_library(\n    name = "a",\n    srcs = [],\n)\n')

    assert (got.path, got.line, got.rule) == (
        "libs/a/BUILD.bazel",
        2,
        "unowned_files/empty",
    )


@pytest.mark.parametrize("tag", ["no-pyrefly", "no-black=", "no-ruff= "])
def test_check_is_not_switched_off_without_a_reason(tag: str) -> None:
    listed = f'py_library(name = "a", srcs = ["a.py"], tags = ["{tag}"])\n'

    assert rules(found("libs/a/a.py", libs_a=listed)) == ["unowned_files/switched-off"]


def test_reason_switches_a_check_off() -> None:
    listed = 'py_library(name = "a", srcs = ["a.py"], tags = ["no-pyrefly=by protoc"])'

    assert found("libs/a/a.py", libs_a=listed) == []


def test_manual_target_is_not_checked() -> None:
    listed = 'py_library(name = "a", srcs = ["a.py"], tags = ["manual"])\n'

    assert rules(found("libs/a/a.py", libs_a=listed)) == ["unowned_files/manual"]


def test_target_for_no_platform_is_not_checked() -> None:
    never = '["@platforms//:incompatible"]'
    listed = LIBRARY.replace(")", f"    target_compatible_with = {never},\n)")
    told = listed.replace(never, f'select({{"//x:y": {never}}})')

    assert rules(found("libs/a/a.py", libs_a=listed)) == ["unowned_files/nowhere"]
    assert found("libs/a/a.py", libs_a=told) == []


@pytest.mark.parametrize(
    "flag", ["--test_tag_filters=-slow", "--test_size_filters=small", "--test_filter=a"]
)
def test_settings_do_not_leave_tests_out_unasked(flag: str) -> None:
    (got,) = found(bazelrc=f"{BAZELRC}test:quick {flag}\ntest {flag}\n")

    name = flag.partition("=")[0]
    assert (got.line, got.text) == (6, f"test {name} leaves targets out of //...")
    assert got.fix == f"move the flag to a --config: test:NAME {name}=…"


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
    assert rules(found("libs/a/BUILD")) == ["unowned_files/starlark"]


def test_bzl_that_nothing_loads_is_dead() -> None:
    (got,) = found("libs/a/defs.bzl", "libs/a/a.py", libs_a=LIBRARY)

    assert got.rule == "unowned_files/unloaded"
    assert got.fix.startswith('load("//libs/a:defs.bzl", …)')


def test_bzl_outside_every_package_is_named() -> None:
    assert rules(found("libs/a/defs.bzl")) == ["unowned_files/outside"]


def test_loaded_bzl_is_seen() -> None:
    listed = 'load(":defs.bzl", "f")\n' + LIBRARY

    assert found("libs/a/defs.bzl", "libs/a/a.py", libs_a=listed) == []


def test_top_folder_that_ruff_does_not_know_is_named() -> None:
    assert rules(found("apps/a/a.py", apps_a=LIBRARY)) == ["unowned_files/first-party"]


def test_file_that_is_no_starlark_is_an_error() -> None:
    (got,) = found(libs_a="def f(:\n")

    place = ("libs/a/BUILD.bazel", 1, "unowned_files/unreadable")
    assert (got.path, got.line, got.rule) == place


@pytest.mark.parametrize(
    ("section", "line", "tool"),
    [
        ("[tool.black]", 'force-exclude = "libs"', "black"),
        ("[tool.ruff]", 'extend-exclude = ["libs"]', "ruff"),
        ("[tool.pyrefly]", 'project-excludes = ["libs"]', "pyrefly"),
        ("[tool.pyrefly]", 'baseline = "known.json"', "pyrefly"),
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


@pytest.mark.parametrize(
    "setting", ['preset = "off"', "errors = { bad-return = false }"]
)
def test_folder_for_which_pyrefly_is_weakened_is_a_finding(setting: str) -> None:
    weaker = f'[[tool.pyrefly.sub-config]]\nmatches = "libs/a/**"\n{setting}\n'
    harmless = (
        '[[tool.pyrefly.sub-config]]\nmatches = "b"\nerrors = { deprecated = true }\n'
    )

    (got,) = found(pyproject=PYPROJECT + weaker + harmless)

    assert got.text == "pyrefly is weakened for libs/a/**"


def test_folder_that_ruff_does_not_know_as_ours_is_a_finding() -> None:
    got = found("services/a.py", services=LIBRARY)

    assert [finding.fix for finding in got] == [
        'add "services" to [tool.ruff.lint.isort] known-first-party'
    ]
