"""Projects that come in: the smallest inputs that once were broken by the fix."""

import pytest

from tools.fix.tests.repositories import Repository

LOAD = 'load("@rules_python//python:py_library.bzl", "py_library")\n\n'
PRIVATE = 'package(default_visibility = ["//visibility:private"])\n\n'
HEAD = f'"""Is there."""\n\n{LOAD}{PRIVATE}'


def test_fixes_leave_the_order_of_slots(repository: Repository) -> None:
    text = 'class Header:\n    """Named fields."""\n\n    __slots__ = ("b", "a")\n'
    repository.write({"libs/slots/header.py": text})

    assert repository.fix() == 0
    assert repository.read("libs/slots/header.py") == text


@pytest.mark.parametrize(
    ("package", "imports", "inside"),
    [("libs/flat", ".", "pkg/__init__.py"), ("libs/flat/src/pkg", "..", "__init__.py")],
)
def test_import_root_may_be_the_package_or_above(
    repository: Repository, package: str, imports: str, inside: str
) -> None:
    library = (
        f'{HEAD}py_library(\n    name = "pkg",\n    srcs = ["{inside}"],\n'
        f'    imports = ["{imports}"],\n    visibility = ["//libs:__subpackages__"],\n)\n'
    )
    test = "import pkg\n\n\ndef test_value():\n    assert pkg.VALUE == 1\n"
    repository.write(
        {
            f"{package}/BUILD.bazel": library,
            f"{package}/{inside}": "VALUE = 1\n",
            "libs/flat/tests/test_value.py": test,
        }
    )

    assert repository.fix() == 0
    label = f"//{package}" if package.endswith("pkg") else f"//{package}:pkg"
    assert f'deps = ["{label}"]' in repository.read("libs/flat/tests/BUILD.bazel")


def test_test_that_another_imports_is_a_dep_at_its_import_root(
    repository: Repository,
) -> None:
    one = "def test_one():\n    pass\n"
    two = (
        "from test_pkg.test_one import test_one\n\n\ndef test_two():\n    test_one()\n"
    )
    repository.write(
        {
            "libs/in/tests/test_pkg/__init__.py": "",
            "libs/in/tests/test_pkg/test_one.py": one,
            "libs/in/tests/test_pkg/test_two.py": two,
        }
    )

    assert repository.fix() == 0
    build = repository.build("libs/in/tests")
    first, second = build.split("pytest_test(")[1:]
    assert 'imports = ["."]' in first
    assert "imports" not in second
    assert '":test_one"' in second


def test_module_joins_the_library_whose_import_root_it_is_under(
    repository: Repository,
) -> None:
    library = (
        f'{HEAD}py_library(\n    name = "lib",\n    srcs = ["src/pkg/old.py"],\n'
        '    imports = ["src"],\n    visibility = ["//libs/lib:__subpackages__"],\n)\n'
    )
    test = (
        "from pkg.new import A\nfrom pkg.old import B\n\n\ndef test_it():\n    A, B\n"
    )
    repository.write(
        {
            "libs/lib/BUILD.bazel": library,
            "libs/lib/src/pkg/old.py": "B = 1\n",
            "libs/lib/src/pkg/new.py": "A = 1\n",
            "libs/lib/tests/test_both.py": test,
        }
    )

    assert repository.fix() == 0
    assert (
        '    srcs = [\n        "src/pkg/new.py",\n        "src/pkg/old.py",\n    ],\n'
    ) in repository.read("libs/lib/BUILD.bazel")
    assert not (repository.root / "libs/lib/src/pkg/BUILD.bazel").exists()
    assert 'deps = ["//libs/lib"]' in repository.read("libs/lib/tests/BUILD.bazel")


@pytest.mark.parametrize("src", ["src/", ""])
def test_own_project_comes_before_a_distribution_of_its_name(
    repository: Repository, src: str
) -> None:
    repository.write(
        {
            "libs/iniconfig/pyproject.toml": "[project]\nname = 'iniconfig'\n",
            f"libs/iniconfig/{src}iniconfig/__init__.py": "WHOSE = 1\n",
            f"libs/iniconfig/{src}iniconfig/deep/part.py": "import iniconfig\n",
            "libs/iniconfig/tests/test_whose.py": (
                "import iniconfig\n\n\ndef test_whose():\n    assert iniconfig.WHOSE\n"
            ),
        }
    )

    assert repository.fix() == 0
    assert repository.build("libs/iniconfig") == (
        'package_group(\n    name = "users",\n    packages = ["//libs/iniconfig/..."],\n)'
        '\n\npy_library(\n    name = "iniconfig",\n    srcs = [\n'
        f'        "{src}iniconfig/__init__.py",\n'
        f'        "{src}iniconfig/deep/part.py",\n    ],\n'
        f'    imports = ["{src.strip("/") or "."}"],\n    visibility = [":users"],\n)\n'
    )
    assert '"//libs/iniconfig"' in repository.build("libs/iniconfig/tests")


def test_deps_on_a_distribution_go_where_the_project_has_the_module(
    repository: Repository,
) -> None:
    repository.write(
        {
            "libs/iniconfig/src/iniconfig/__init__.py": "",
            "libs/iniconfig/tests/test_whose.py": (
                "import iniconfig\n\n\ndef test_whose():\n    assert iniconfig\n"
            ),
            "libs/iniconfig/tests/BUILD.bazel": (
                'pytest_test(\n    name = "test_whose",\n    size = "small",\n'
                '    srcs = ["test_whose.py"],\n    deps = ["@pip//iniconfig"],\n)\n'
            ),
        }
    )

    assert repository.fix() == 0
    text = repository.read("libs/iniconfig/tests/BUILD.bazel")
    assert 'deps = ["//libs/iniconfig"]' in text


def test_module_that_two_have_is_a_decision(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write(
        {
            "libs/iniconfig/src/iniconfig/__init__.py": "",
            "libs/user/user.py": "import iniconfig\n\nA = iniconfig\n",
        }
    )

    assert repository.fix() == 1
    assert capsys.readouterr().err == (
        'libs/user/user.py:1: imports "iniconfig", which //libs/iniconfig, '
        "@pip//iniconfig have: rename the first, or name in deps the one that is meant.\n"
    )
    assert "deps" not in repository.read("libs/user/BUILD.bazel")


def test_conftest_reaches_the_tests_beside_and_below(repository: Repository) -> None:
    test = "def test_one(one):\n    assert one\n"
    repository.write(
        {
            "libs/conf/tests/conftest.py": "import pytest\n\nA = pytest\n",
            "libs/conf/tests/test_one.py": test,
            "libs/conf/tests/inner/test_inner.py": test,
        }
    )

    assert repository.fix() == 0
    assert 'deps = [":conftest"]' in repository.build("libs/conf/tests")
    assert 'deps = ["//libs/conf/tests:conftest"]' in repository.build(
        "libs/conf/tests/inner"
    )
    assert repository.build("libs/conf/tests").startswith(
        'py_library(\n    name = "conftest",\n    testonly = True,\n'
        '    srcs = ["conftest.py"],\n'
        '    visibility = ["//libs/conf/tests:__subpackages__"],\n'
        '    deps = ["@pip//pytest"],\n)\n'
    )


def test_conftest_can_be_imported_as_pytest_has_it(repository: Repository) -> None:
    test = "from conftest import Server\n\ndef test_one(): assert Server\n"
    tests = {"conftest.py": "class Server:\n    pass\n", "test_one.py": test}
    repository.write({f"libs/conf/tests/{name}": text for name, text in tests.items()})

    assert repository.fix() == 0
    assert 'imports = ["."],' in repository.build("libs/conf/tests").partition("\n)")[0]


def test_submodule_of_the_own_package_is_a_dep_like_any_other(
    repository: Repository,
) -> None:
    repository.write(
        {
            "libs/sub/__init__.py": "",
            "libs/sub/core.py": "from libs.sub.parts.wheel import turn\n\nA = turn\n",
            "libs/sub/parts/__init__.py": "",
            "libs/sub/parts/wheel.py": "turn = 1\n",
        }
    )

    assert repository.fix() == 0
    assert 'deps = ["//libs/sub/parts"]' in repository.build("libs/sub")


def test_cycle_for_types_is_a_decision(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    core = (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
        "    from libs.cyc.ext.one import One\n\nA: One\n"
    )
    repository.write(
        {
            "libs/cyc/core.py": core,
            "libs/cyc/ext/one.py": "from libs.cyc.core import A\n\nOne = A\n",
        }
    )

    assert repository.fix() == 1
    assert capsys.readouterr().err == (
        'libs/cyc/core.py:4: imports "libs.cyc.ext.one" of //libs/cyc/ext, which needs '
        "//libs/cyc already (//libs/cyc/ext -> //libs/cyc; libs/cyc/ext/one.py:1): move "
        "what both need to a third target, or make one of the two.\n"
    )
    assert "deps" not in repository.build("libs/cyc")
    assert 'deps = ["//libs/cyc"]' in repository.build("libs/cyc/ext")


def test_stub_joins_its_module(repository: Repository) -> None:
    repository.write({"libs/stub/fast.py": "", "libs/stub/fast.pyi": ""})

    assert repository.fix() == 0
    assert '    srcs = ["fast.py"],\n    pyi_srcs = ["fast.pyi"],\n' in (
        repository.build("libs/stub")
    )


def test_sources_that_are_gone_are_taken_out(repository: Repository) -> None:
    repository.write(
        {
            "libs/gone/old.py": "ONE = 1\n",
            "libs/gone/tests/test_old.py": (
                "from libs.gone.old import ONE\n\n\ndef test_it():\n    assert ONE\n"
            ),
        }
    )
    repository.fix()
    repository.commit()
    repository.move("libs/gone/old.py", "libs/gone/new.py")
    repository.remove("libs/gone/tests/test_old.py")

    assert repository.fix() == 0
    assert 'srcs = ["new.py"]' in repository.build("libs/gone")
    assert not (repository.root / "libs/gone/tests/BUILD.bazel").exists()


@pytest.mark.parametrize("optional", [False, True])
def test_source_that_git_ignores_is_a_decision(
    repository: Repository, capsys: pytest.CaptureFixture[str], *, optional: bool
) -> None:
    source = "from ign._version import VERSION\n"
    if optional:
        source = f"try:\n    {source}except ImportError:\n    VERSION = 0\n"
    repository.write(
        {
            "libs/ign/.gitignore": "_version.py\n",
            "libs/ign/pyproject.toml": "",
            "libs/ign/src/ign/__init__.py": source,
            "libs/ign/src/ign/_version.py": "VERSION = 1\n",
        }
    )

    assert repository.fix() == 1
    assert capsys.readouterr().err == (
        f'libs/ign/src/ign/__init__.py:{1 + optional}: imports "ign._version", and git '
        "ignores libs/ign/src/ign/_version.py: add it by git add --force, or have a "
        "target write it.\n"
    )


def test_library_that_is_named_like_a_test_stays_one(repository: Repository) -> None:
    repository.write({"libs/named/test_tools.py": "def helper():\n    return 1\n"})

    assert repository.fix() == 0
    assert 'py_library(\n    name = "named",\n' in repository.build("libs/named")


def test_new_build_file_is_formatted_at_once(repository: Repository) -> None:
    repository.write(
        {
            "libs/loads/tests/test_a.py": "def test_a():\n    assert True\n",
            "libs/loads/tests/util.py": "ONE = 1\n",
        }
    )

    assert repository.fix() == 0
    assert repository.read("libs/loads/tests/BUILD.bazel").startswith(
        f'"""The sources of libs/loads/tests."""\n\n{LOAD.rstrip()}\n'
        'load("//tools/testing:defs.bzl", "pytest_test")\n\n'
    )


def test_test_is_what_pytest_collects(repository: Repository) -> None:
    repository.write({"libs/o/tests/price_test.py": "def test_a():\n    assert 0\n"})

    assert repository.fix() == 0
    assert 'pytest_test(\n    name = "price_test",\n' in repository.build(
        "libs/o/tests"
    )
