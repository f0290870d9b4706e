"""Tests of deps: what sources import, no more and no less."""

import pytest

from tools.fix.tests.repositories import Repository

HEAD = 'package(default_visibility = ["//visibility:private"])\n\n'


def library(name: str, srcs: str, deps: str = "", more: str = "") -> str:
    """Return the text of a library as buildifier leaves it."""
    listed = f"    deps = {deps},\n" if deps else ""
    return f'py_library(\n    name = "{name}",\n    srcs = {srcs},\n{more}{listed})\n'


def put(repository: Repository, source: str, build_file: str) -> None:
    """Write a library of one source, and commit it."""
    repository.write({"libs/a/a.py": source, "libs/a/BUILD.bazel": HEAD + build_file})


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def test_deps_become_what_is_imported(repository: Repository) -> None:
    put(
        repository,
        "import google.protobuf.message\nimport yaml\n\nA = google, yaml\n",
        library("a", '["a.py"]', '["@pip//numpy"]'),
    )

    assert repository.fix() == 0
    assert (
        '    deps = [\n        "@pip//protobuf",\n        "@pip//pyyaml",\n    ],\n'
    ) in repository.build("libs/a")


def test_optional_import_makes_a_dep_of_what_a_target_has(
    repository: Repository,
) -> None:
    repository.write(
        {
            "libs/b/b.py": "B = 1\n",
            "libs/b/BUILD.bazel": HEAD + library("b", '["b.py"]'),
        }
    )
    source = "try:\n    from libs.{0} import {0}\nexcept ImportError:\n    {0} = None\n"
    source = "".join(source.format(name) for name in ("b", "nowhere"))
    put(repository, source, library("a", '["a.py"]'))

    assert repository.fix() == 0
    assert 'deps = ["//libs/b"]' in repository.build("libs/a")


def test_dep_with_a_reason_to_keep_it_stays(repository: Repository) -> None:
    text = (
        'py_library(\n    name = "a",\n    srcs = ["a.py"],\n    deps = [\n'
        '        "@pip//numpy",  # bazel: keep: read by name\n    ],\n)\n'
    )
    put(repository, "A = 1\n", text)

    assert repository.fix() == 0
    assert text in repository.build("libs/a")


@pytest.mark.parametrize("dep", ["@pip//anyio", "@pip//unheard_of"])
def test_dep_that_pytest_loads_or_nobody_knows_stays(
    repository: Repository, dep: str
) -> None:
    put(repository, "A = 1\n", library("a", '["a.py"]', f'["{dep}"]'))

    assert repository.fix() == 0
    assert dep in repository.build("libs/a")


def test_module_that_a_string_names_keeps_its_dep(repository: Repository) -> None:
    put(
        repository,
        'A = "numpy.linalg:x"\n',
        library("a", '["a.py"]', '["@pip//numpy"]'),
    )

    assert repository.fix() == 0
    assert "@pip//numpy" in repository.build("libs/a")


def test_import_for_types_goes_into_pyi_deps(repository: Repository) -> None:
    source = (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import yaml\n\n"
        "A: yaml.Node\n"
    )
    put(repository, source, library("a", '["a.py"]'))

    assert repository.fix() == 0
    assert 'pyi_deps = ["@pip//pyyaml"]' in repository.build("libs/a")


def test_dep_for_types_moves_when_it_is_run(repository: Repository) -> None:
    more = '    pyi_deps = ["@pip//pyyaml"],\n'
    put(repository, "import yaml\n\nA = yaml\n", library("a", '["a.py"]', "", more))

    assert repository.fix() == 0
    text = repository.build("libs/a")
    assert 'deps = ["@pip//pyyaml"]' in text
    assert "pyi_deps" not in text


def test_name_that_nothing_has_is_a_decision(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    put(repository, "import nowhere\n\nA = nowhere\n", library("a", '["a.py"]'))

    assert repository.fix() == 1
    assert said(capsys) == (
        'libs/a/a.py:1: imports "nowhere", and no target, no locked distribution and no '
        "module of Python has that name: correct it, or add its distribution to "
        "requirements.in.\n"
    )


def test_restricted_distribution_is_a_decision(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    put(repository, "import sklearn\n\nA = sklearn\n", library("a", '["a.py"]'))

    assert repository.fix() == 1
    assert said(capsys) == (
        'libs/a/a.py:1: imports "sklearn" of @pip//scikit_learn, and only training uses '
        "it: import something else.\n"
    )
    assert "deps" not in repository.build("libs/a")


def test_deps_that_would_close_a_cycle_are_not_written(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write(
        {
            "libs/a/a.py": "from libs.b import b\n\nA = b\n",
            "libs/b/b.py": "from libs.c import c\n\nB = c\n",
            "libs/c/c.py": "import os\n\nfrom libs.a import a\n\nC = a, os\n",
        }
    )

    assert repository.fix() == 1
    assert said(capsys) == (
        'libs/c/c.py:3: imports "libs.a.a" of //libs/a, which needs //libs/c already '
        "(//libs/a -> //libs/b -> //libs/c; libs/a/a.py:1): move what both need to a "
        "third target, or make one of the two.\n"
    )
    assert "deps" not in repository.build("libs/c")
    before = repository.build_files()
    assert repository.fix() == 1
    assert repository.build_files() == before


def test_dep_that_no_build_file_makes_goes(repository: Repository) -> None:
    put(repository, "A = 1\n", library("a", '["a.py"]', '["//libs/gone"]'))

    assert repository.fix() == 0
    assert "deps" not in repository.build("libs/a")


def test_list_that_is_written_elsewhere_is_a_decision(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    written = library("a", '["a.py"]', "DEPS")
    put(repository, "A = 1\n", f'DEPS = ["@pip//numpy"]\n\n{written}')

    assert repository.fix() == 1
    assert said(capsys) == (
        "libs/a/BUILD.bazel:5: //libs/a is not written out here: remove deps "
        "@pip//numpy by hand.\n"
    )


def test_target_of_a_list_comprehension_is_a_decision(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    written = (
        '[py_library(\n    name = name,\n    srcs = [name + ".py"],\n'
        ') for name in ["a"]]\n'
    )
    put(repository, "import yaml\n\nA = yaml\n", written)

    assert repository.fix() == 1
    assert said(capsys) == (
        "libs/a/BUILD.bazel:5: //libs/a is not written out here: add deps "
        "@pip//pyyaml by hand.\n"
    )
    assert written in repository.read("libs/a/BUILD.bazel")


def test_library_for_tests_is_asked_for_by_tests_only(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write(
        {
            "libs/a/a.py": "from libs.a.tests import util\n\nA = util\n",
            "libs/a/tests/util.py": "from libs.a.tests import deep\n\nB = deep\n",
            "libs/a/tests/deep.py": "",
        }
    )

    assert repository.fix() == 1
    assert said(capsys) == (
        'libs/a/a.py:1: imports "libs.a.tests.util" of //libs/a/tests, which is for tests '
        "only: import something else, or make //libs/a testonly.\n"
    )


def test_project_that_is_new_is_opened_to_what_uses_it(repository: Repository) -> None:
    repository.write(
        {
            "libs/price/price.py": "P = 1\n",
            "libs/price/deep/part.py": "P = 1\n",
            "services/shop/app.py": (
                "from libs.price import price\nfrom libs.price.deep import part\n\n"
                "A = price, part\n"
            ),
        }
    )

    assert repository.fix() == 0
    assert (
        '    packages = [\n        "//libs/price/...",\n        "//services/shop/...",\n'
    ) in repository.build("libs/price")
    assert (
        '    visibility = [\n        "//libs/price:__subpackages__",\n'
        '        "//services/shop:__subpackages__",\n    ],\n'
    ) in repository.build("libs/price/deep")
    assert '"//libs/price/deep"' in repository.build("services/shop")


def test_who_may_use_what_is_committed_is_its_owners_decision(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write({"libs/price/price.py": "P = 1\n"})
    repository.fix()
    repository.commit()
    repository.write(
        {"services/shop/app.py": "from libs.price import price\n\nA = price\n"}
    )
    capsys.readouterr()

    assert repository.fix() == 1
    assert said(capsys) == (
        'services/shop/app.py:1: imports "libs.price.price" of //libs/price, which is '
        'visible to //libs/price/... only: have its owners add "//services/shop/..." to '
        "package_group //libs/price:users in libs/price/BUILD.bazel, or import something "
        "else.\n"
    )
    assert "deps" not in repository.build("services/shop")


@pytest.mark.parametrize(
    ("user", "used", "why"),
    [
        ("services/one", "services/two", "no service may use another"),
        ("libs/one", "services/two", "libs never depend on services"),
    ],
)
def test_what_the_policy_forbids_is_never_proposed(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    user: str,
    used: str,
    why: str,
) -> None:
    module = used.replace("/", ".")
    repository.write(
        {
            f"{user}/app.py": f"from {module} import other\n\nA = other\n",
            f"{used}/other.py": "",
        }
    )

    assert repository.fix() == 1
    assert said(capsys) == (
        f'{user}/app.py:1: imports "{module}.other" of //{used}, and {why}: import '
        "something else, or move what both need to a library.\n"
    )


def test_what_is_open_to_a_test_is_not_open_to_the_code_beside_it(
    repository: Repository,
) -> None:
    source = "from services.two import other\n\nA = other\n"
    repository.write(
        {
            "libs/one/app.py": source,
            "libs/one/tests/test_app.py": f"{source}\n\ndef test_it():\n    assert A\n",
            "services/two/other.py": "",
        }
    )

    assert repository.fix() == 1
    before = repository.build_files()
    assert '"//services/two"' in before["libs/one/tests/BUILD.bazel"]
    assert repository.fix() == 1
    assert repository.build_files() == before
    assert "deps" not in before["libs/one/BUILD.bazel"]


def test_tests_of_services_together_may_use_each(repository: Repository) -> None:
    test = "from services.two import other\n\n\ndef test_it():\n    assert other\n"
    repository.write({"services/tests/test_all.py": test, "services/two/other.py": ""})

    assert repository.fix() == 0
    assert 'deps = ["//services/two"]' in repository.build("services/tests")


def test_users_of_a_library_that_is_gone_lose_the_dep(repository: Repository) -> None:
    repository.write(
        {"libs/a/a.py": "A = 1\n", "libs/b/b.py": "from libs.a import a\n\nB = a\n"}
    )
    repository.fix()
    repository.commit()
    repository.remove("libs/a/a.py")
    repository.remove("libs/a/BUILD.bazel")

    assert repository.fix() == 1
    assert "deps" not in repository.build("libs/b")
