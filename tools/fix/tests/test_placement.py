"""Tests of the targets that new sources get."""

import pytest

from tools.fix.tests.repositories import Repository

HEAD = 'package(default_visibility = ["//visibility:private"])\n\n'


def test_modules_become_the_library_of_the_folder(repository: Repository) -> None:
    repository.write(
        {"libs/new/__init__.py": '"""Is new."""\n', "libs/new/core.py": ""}
    )

    assert repository.fix() == 0
    assert repository.read("libs/new/BUILD.bazel") == (
        '"""Is new."""\n\n'
        'load("@rules_python//python:py_library.bzl", "py_library")\n\n'
        f"{HEAD}"
        'package_group(\n    name = "users",\n    packages = ["//libs/new/..."],\n)\n\n'
        'py_library(\n    name = "new",\n    srcs = [\n        "__init__.py",\n'
        '        "core.py",\n    ],\n    visibility = [":users"],\n)\n'
    )


def test_module_joins_the_library_that_is_there(repository: Repository) -> None:
    repository.write({"libs/new/core.py": ""})
    repository.fix()
    repository.write({"libs/new/added.py": ""})

    assert repository.fix() == 0
    assert 'srcs = [\n        "added.py",\n        "core.py",\n' in (
        repository.build("libs/new")
    )


def test_library_beside_a_program_of_the_folders_name_is_joined_too(
    repository: Repository,
) -> None:
    binary = 'py_binary(\n    name = "new",\n    srcs = ["run.py"],\n)\n'
    repository.write(
        {"svc/new/BUILD.bazel": HEAD + binary, "svc/new/run.py": "", "svc/new/b.py": ""}
    )
    repository.fix()
    repository.write({"svc/new/a.py": ""})

    assert repository.fix() == 0
    text = repository.build("svc/new")
    assert text.count("py_library(") == 1
    assert 'name = "new_lib",\n    srcs = [\n        "a.py",\n        "b.py",\n' in text


def test_source_of_a_folder_joins_the_target_that_has_its_neighbours(
    repository: Repository,
) -> None:
    library = 'py_library(\n    name = "x",\n    srcs = ["sub/a.py"],\n)\n'
    repository.write(
        {
            "svc/x/BUILD.bazel": HEAD + library,
            "svc/x/sub/a.py": "",
            "svc/x/sub/b.py": "",
            "svc/x/sub/test_b.py": "def test_b():\n    pass\n",
        }
    )

    assert repository.fix() == 0
    assert list(repository.build_files()) == ["svc/x/BUILD.bazel"]
    text = repository.build("svc/x")
    assert 'srcs = [\n        "sub/a.py",\n        "sub/b.py",\n' in text
    assert (
        'name = "test_b",\n    size = "small",\n    srcs = ["sub/test_b.py"],' in text
    )


def test_test_joins_the_library_whose_tests_a_program_runs(
    repository: Repository,
) -> None:
    nested = (
        'py_binary(\n    name = "nested",\n    srcs = ["__main__.py"],\n'
        '    deps = [\n        ":checkout",\n        "//tools/x/cases",\n    ],\n)\n'
    )
    checkout = 'py_library(\n    name = "checkout",\n    srcs = ["checkout.py"],\n)\n'
    test = "def test_b():\n    pass\n"
    repository.write(
        {
            "tools/nested/BUILD.bazel": HEAD + nested + checkout,
            "tools/nested/__main__.py": "",
            "tools/nested/checkout.py": "",
            "tools/x/cases/BUILD.bazel": HEAD
            + checkout.replace("checkout", "trees")
            + checkout.replace("checkout", "cases").replace("cases.py", "test_a.py"),
            "tools/x/cases/trees.py": "",
            "tools/x/cases/test_a.py": test,
            "tools/x/cases/test_b.py": test,
            "tools/nested/test_c.py": test,
        }
    )

    repository.fix()

    cases = repository.build("tools/x/cases")
    assert 'srcs = [\n        "test_a.py",\n        "test_b.py",\n    ]' in cases
    assert "pytest_test(" not in cases
    assert "pytest_test(" in repository.build("tools/nested")


def test_what_a_glob_takes_needs_no_target(repository: Repository) -> None:
    library = 'py_library(\n    name = "x",\n    srcs = glob(["*.py"]),\n)\n'
    repository.write({"svc/x/BUILD.bazel": HEAD + library, "svc/x/a.py": ""})

    assert repository.fix() == 0
    assert repository.build("svc/x") == library


def test_project_is_one_library_at_its_import_root(repository: Repository) -> None:
    files = {
        "setup.py": "import setuptools\n",
        "src/pkg/__init__.py": "",
        "src/pkg/__main__.py": "import pkg.deep.part\n",
        "src/pkg/deep/part.py": "from pkg import other\n",
        "src/pkg/other.py": "from pkg.deep import part\n",
        "src/pkg/tests/test_part.py": "def test_part():\n    import pkg.other\n",
        "src/pkg/tests/helper.py": "",
        "tests/util.py": "",
        "tests/test_util.py": "def test_it():\n    from tests import util\n    import pkg\n",
    }
    repository.write({f"libs/in/{path}": text for path, text in files.items()})

    assert repository.fix() == 1
    assert list(repository.build_files()) == [
        "libs/in/BUILD.bazel",
        "libs/in/src/pkg/tests/BUILD.bazel",
        "libs/in/tests/BUILD.bazel",
    ]
    assert repository.build("libs/in").partition("py_library")[2] == (
        '(\n    name = "in",\n    srcs = [\n        "src/pkg/__init__.py",\n'
        '        "src/pkg/__main__.py",\n        "src/pkg/deep/part.py",\n'
        '        "src/pkg/other.py",\n    ],\n    imports = ["src"],\n'
        '    visibility = [":users"],\n)\n'
    )
    inner, outer = (repository.build(f"libs/in/{p}tests") for p in ("src/pkg/", ""))
    assert 'imports = ["../.."]' in inner
    assert 'deps = ["//libs/in"]' in inner
    assert 'imports = [".."]' in outer
    assert 'deps = [\n        ":tests",\n        "//libs/in",\n    ],\n' in outer


def test_the_only_folder_of_a_project_is_its_import_root(
    repository: Repository,
) -> None:
    files = {
        "setup.cfg": "",
        "lib/pkg/__init__.py": "",
        "tests/test_a.py": "def test_it():\n    import pkg\n",
    }
    repository.write({f"libs/in/{path}": text for path, text in files.items()})

    assert repository.fix() == 0
    assert list(repository.build_files()) == [
        "libs/in/BUILD.bazel",
        "libs/in/tests/BUILD.bazel",
    ]
    assert 'imports = ["lib"]' in repository.build("libs/in")
    assert 'deps = ["//libs/in"]' in repository.build("libs/in/tests")


def test_set_up_of_a_project_is_a_decision(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write({"libs/in/setup.py": "import setuptools\n"})

    assert repository.fix() == 1
    assert capsys.readouterr().err == (
        "libs/in/setup.py: packs the project for others, and nothing here runs it: take it "
        "away, or name it in exports_files.\n"
    )
    assert repository.build_files() == {}


def test_program_is_a_binary(repository: Repository) -> None:
    repository.write({"services/x/__main__.py": ""})

    assert repository.fix() == 0
    assert repository.build("services/x") == (
        'py_binary(\n    name = "main",\n    srcs = ["__main__.py"],\n'
        '    main = "__main__.py",\n)\n'
    )


def test_program_is_called_as_no_folder_is(repository: Repository) -> None:
    files = {"test_b.py": "def test_a(): pass\n", "test_b/c.py": "C = 1\n"}
    repository.write({f"libs/x/{path}": text for path, text in files.items()})

    assert repository.fix() == 0
    assert 'pytest_test(\n    name = "test_b_source",' in repository.build("libs/x")


def test_stub_without_a_module_joins_the_library(repository: Repository) -> None:
    repository.write({"libs/x/a.py": "", "libs/x/b.pyi": ""})

    assert repository.fix() == 0
    assert 'srcs = ["a.py"],\n    pyi_srcs = ["b.pyi"],' in repository.build("libs/x")


def test_conftest_at_the_root_is_for_all(repository: Repository) -> None:
    repository.write({"conftest.py": ""})

    assert repository.fix() == 0
    assert 'visibility = ["//:__subpackages__"]' in repository.read("BUILD.bazel")


def test_file_that_bazel_cannot_name_stops_no_other(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write({"libs/odd/a b.py": "", "libs/odd/a.py": ""})

    assert repository.fix() == 1
    assert 'srcs = ["a.py"]' in repository.build("libs/odd")
    assert capsys.readouterr().err == (
        'libs/odd/a b.py: its name holds " ", which Bazel can\'t take in every place. '
        "rename it: letters of ASCII, digits, and _ . + - ~ are taken.\n"
    )


@pytest.mark.parametrize(
    ("source", "want"),
    [
        (b'"""Says "hello"\n\nMore.\n"""\n', '"""Says "hello\\""""'),
        (b'r"""Splits at \\d."""\n', '"""Splits at \\\\d."""'),
        (b"# coding: latin-1\n'Caf\xe9.'\n", '"""Café."""'),
        (b"def f(:\n", '"""The sources of libs/x."""'),
    ],
)
def test_build_file_is_starlark_whatever_the_sources_say(
    repository: Repository, source: bytes, want: str
) -> None:
    repository.write({"libs/x/a.py": ""})
    (repository.root / "libs/x/a.py").write_bytes(source)

    repository.fix()

    assert repository.read("libs/x/BUILD.bazel").startswith(f"{want}\n\nload(")
