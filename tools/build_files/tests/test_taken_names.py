"""Tests of names that hide a module of Python or of the lock."""

import pytest

from tools.build_files.index import read_index
from tools.build_files.taken_names import (
    describe_taken,
    distribution_names,
    taken_names,
)

LOCKED = distribution_names(
    "# A map.\nattr @pip//attrs\ngoogle.api @pip//commons\nnumpy @pip//numpy\n"
)


def taken(*files: str, **starlark: str) -> list[str]:
    """Return the message about each name; `libs_a` stands for libs/a/BUILD.bazel."""
    texts = {f"{k.replace('_', '/')}/BUILD.bazel": v for k, v in starlark.items()}
    index, _ = read_index([*files, *texts], texts)
    return [describe_taken([it]) for it in taken_names(index, LOCKED)]


@pytest.mark.parametrize(
    ("file", "hidden"),
    [
        ("platform/tests/test_x.py", 'Python\'s own module "platform"'),
        ("test/test_x.py", 'Python\'s own module "test"'),
        ("calendar.py", 'Python\'s own module "calendar"'),
        ("sitecustomize.py", 'Python\'s own module "sitecustomize"'),
        ("numpy/tools/x.py", 'the module "numpy" of @pip//numpy'),
        ("attr/types.pyi", 'the module "attr" of @pip//attrs'),
        ("google/x.py", 'the module "google" of @pip//commons'),
        (
            "external/x.py",
            "what Bazel keeps there of other repositories, and //... leaves it out",
        ),
    ],
)
def test_a_name_at_the_root_is_refused(file: str, hidden: str) -> None:
    top = file.partition("/")[0]

    assert taken(file) == [
        f"{top}: at the root of the repository it hides {hidden}.\n"
        f"Fix: rename {top}, or move it into another folder, such as libs/."
    ]


@pytest.mark.parametrize(
    "file",
    [
        "libs/platform/x.py",
        "libs/numpy.py",
        "platform/README.md",
        "numpy/data.csv",
        "apps/x.py",
        "conftest.py",
    ],
)
def test_a_name_that_hides_nothing_is_free(file: str) -> None:
    assert taken(file) == []


@pytest.mark.parametrize(
    ("imports", "path", "hidden"),
    [
        ("src", "libs/a/src/platform.py", 'Python\'s own module "platform"'),
        ("src/", "libs/a/src/numpy/x.py", 'the module "numpy" of @pip//numpy'),
        (".", "libs/a/queue.py", 'Python\'s own module "queue"'),
        ("src", "libs/a/src/libs.py", "the repository's own folder libs"),
    ],
)
def test_a_name_below_an_import_root_is_refused(
    imports: str, path: str, hidden: str
) -> None:
    inside = path.removeprefix("libs/a/")
    text = f'py_library(name = "a", srcs = ["{inside}"], imports = ["{imports}"])'
    root = "libs/a/src" if "src" in imports else "libs/a"
    entry = f"{root}/{path.removeprefix(f'{root}/').partition('/')[0]}"

    assert taken(path, libs_a=text) == [
        f"{entry}: the imports of //libs/a put it on the import path, where it hides "
        f"{hidden}.\nFix: rename {entry}, or take its folder out of imports."
    ]


@pytest.mark.parametrize(
    "build",
    [
        'py_library(name = "a", imports = ["src"], data = ["src/queue.py"])\n',
        'py_library(name = "a", imports = ["src"], deps = [":b"])\n'
        'py_library(name = "b", srcs = ["src/queue.py"])\n',
    ],
)
def test_what_comes_by_data_or_deps_is_refused_as_well(build: str) -> None:
    assert taken("libs/a/src/queue.py", libs_a=build) == [
        "libs/a/src/queue.py: the imports of //libs/a put it on the import path, where "
        'it hides Python\'s own module "queue".\n'
        "Fix: rename libs/a/src/queue.py, or take its folder out of imports."
    ]


def test_a_distribution_may_hide_itself() -> None:
    build = 'py_library(name = "a", srcs = ["src/{}.py"], imports = ["src"])\n'
    itself = 'distribution_info(name = "info", distribution = "Attrs")\n'

    assert taken("libs/a/src/attr.py", libs_a=build.format("attr") + itself) == []
    assert taken("libs/a/src/numpy.py", libs_a=build.format("numpy") + itself) != []


def test_a_folder_without_init_is_one_with_the_repositorys_own() -> None:
    text = 'py_library(name = "a", srcs = ["src/libs/x.py"], imports = ["src"])'

    assert taken("libs/a/src/libs/x.py", libs_a=text) == []


def test_an_import_root_at_the_repositorys_root_is_nothing_new() -> None:
    text = 'py_library(name = "a", srcs = ["x.py"], imports = [".."])'

    assert taken("libs/x.py", libs=text) == []
