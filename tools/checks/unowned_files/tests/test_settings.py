"""Tests of settings that leave checks, tests or files out."""

import re

import pytest

from tools.checks.unowned_files.tests.trees import (
    BAZELRC,
    LIBRARY,
    PYPROJECT,
    found,
    rules,
)


@pytest.mark.parametrize(
    "flag",
    [
        "--test_tag_filters=-slow",
        "--test_size_filters=small",
        "--test_filter=a",
        "--build_tests_only",
        "--deleted_packages=libs",
        "--test_arg=-kshop",
        "--test_arg='-m not slow'",
        "--test_arg --deselect=libs",
        "--test_env=PYTEST_ADDOPTS=-mslow",
        "--test_env='PYTEST_ADDOPTS=-v --lf'",
        "--test_env=TESTBRIDGE_TEST_ONLY=test_a",
    ],
)
def test_settings_do_not_leave_tests_out_unasked(flag: str) -> None:
    (got,) = found(bazelrc=f"{BAZELRC}test:quick {flag}\ntest {flag}\n")

    name = re.split("[= ]", flag)[0]
    assert (got.line, got.text) == (6, f"test {name} leaves tests out of //...")
    assert got.fix == f"move the flag to a --config: test:NAME {name}=…"


@pytest.mark.parametrize(
    "flag", ["--test_arg=-v", "--test_env=PYTEST_ADDOPTS=-rA", "--test_env=KEY=-k"]
)
def test_settings_that_leave_nothing_out_may_stand_there(flag: str) -> None:
    assert found(bazelrc=f"{BAZELRC}test {flag}\n") == []


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


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("  build --norun_validations", 5),
        ("build \\\n  --norun_validations", 5),
        ("build --noexperimental_run_validations", 5),
        ("build --config=nochecks", 3),
        ("test --config=a\ntest:a --config nochecks", 3),
    ],
)
def test_validations_are_found_to_be_off_however_it_is_written(
    lines: str, line: int
) -> None:
    (got,) = found(bazelrc=f"{BAZELRC}{lines}\n")

    assert (got.line, got.text) == (line, "build runs no checks")


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("import %workspace%/ci/all.bazelrc", "ci/all.bazelrc"),
        ("  try-import  '%workspace%/./ci/all.bazelrc'", "ci/all.bazelrc"),
        ("import ci/all.bazelrc", "ci/all.bazelrc"),
        ("import %workspace%/ci/other.bazelrc", "ci/all.bazelrc"),
        ("import %workspace%/ci/config.bazelrc", ".bazelrc"),
    ],
)
def test_what_bazelrc_imports_is_read_too(line: str, path: str) -> None:
    imported = {
        "ci/all.bazelrc": "import %workspace%/.bazelrc\n\ntest --norun_validations\n",
        "ci/other.bazelrc": "import %workspace%/ci/all.bazelrc\n",
        "ci/config.bazelrc": "build --config=nochecks\n",
        "ci/unused.bazelrc": "test --test_filter=a\n",
    }

    (got,) = found(bazelrc=f"{BAZELRC}{line}\n", imported=imported)

    assert (got.path, got.line) == (path, 3)
    assert got.text.endswith("runs no checks")


def test_imported_file_that_no_check_reads_is_a_finding() -> None:
    bazelrc = f"{BAZELRC}import %workspace%/ci.rc\ntry-import %workspace%/.mine\n"

    (got,) = found("ci.rc", bazelrc=bazelrc)

    assert (got.path, got.fix) == ("ci.rc", "rename it.")


@pytest.mark.parametrize("head", ["# build", "run", "build:ci"])
def test_config_that_nobody_asks_for_may_go_without_checks(head: str) -> None:
    assert found(bazelrc=f"{BAZELRC}{head} --config=nochecks\n") == []


def test_top_folder_that_ruff_does_not_know_is_named() -> None:
    assert rules(found("apps/a/a.py", apps_a=LIBRARY)) == ["unowned_files/first-party"]


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


@pytest.mark.parametrize("table", ["[tool.pytest]", "[tool.pytest.ini_options]"])
@pytest.mark.parametrize(
    ("options", "want"),
    [
        ("\"-ra -m 'not slow'\"", ["-m"]),
        ("['--strict-markers', '--deselect=a', '-kb']", ["--deselect=a", "-kb"]),
        ("['--maxfail=1', '-ra']", []),
    ],
)
def test_options_of_pytest_leave_no_tests_out(
    table: str, options: str, want: list[str]
) -> None:
    pyproject = PYPROJECT.replace("[tool.pytest]", f"{table}\naddopts = {options}")

    got = found(pyproject=pyproject)

    assert [it.text for it in got] == [
        f"[tool.pytest] addopts {word} leaves tests out of //..." for word in want
    ]


def test_folder_that_ruff_does_not_know_as_ours_is_a_finding() -> None:
    got = found("services/a.py", services=LIBRARY)

    assert [finding.fix for finding in got] == [
        'add "services" to [tool.ruff.lint.isort] known-first-party'
    ]
