"""Tests of the check's findings, each with its exact message."""

import json
from pathlib import Path

import pytest

from tools.imports.check import main
from tools.imports.tests.scene import Scene, library

PUBLIC = '["//visibility:public"]'


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(
        folder=tmp_path,
        files={
            "libs/ml/__init__.py": "",
            "libs/ml/classifier.py": "import numpy\n",
            "libs/ml/training.py": "",
            "svc/other/app.py": "",
            "svc/api/stray.py": "",
        },
        build_files={
            "libs/ml/BUILD.bazel": (
                'package_group(name = "users", packages = ["//svc/..."])\n'
                + library(
                    "ml", ["__init__.py", "classifier.py"], visibility='[":users"]'
                )
                + library("training", ["training.py"])
            ),
            "svc/other/BUILD.bazel": library("other", ["app.py"]),
        },
        distributions={
            "@pip//numpy": ["numpy/__init__.py", "numpy/linalg.py"],
            "@pip//pyyaml": ["yaml/__init__.py", "_yaml/__init__.py"],
            "@pip//types_pyyaml": ["yaml-stubs/__init__.pyi"],
            "@pip//api": ["opentelemetry/trace/__init__.py"],
            "@pip//sdk": ["opentelemetry/sdk/__init__.py"],
            "@pip//plugin": ["some_plugin.py"],
            "@pip//sklearn": ["sklearn/__init__.py"],
        },
        edges={"//libs/ml": ["@pip//numpy"], "@pip//sklearn": ["@pip//numpy"]},
        flags={"@pip//plugin": "plugin"},
    )


def put(scene: Scene, source: str, *deps: str) -> str:
    """Check `//svc/api`, made of one source, with these deps."""
    scene.files["svc/api/app.py"] = source
    scene.build_files["svc/api/BUILD.bazel"] = library("api", ["app.py"], deps)
    return scene.report(deps)


def test_declared_imports_have_no_finding(scene: Scene) -> None:
    source = "import os\nimport numpy.linalg\nfrom libs.ml import classifier\n"

    assert put(scene, source, "//libs/ml", "@pip//numpy") == ""


def test_undeclared_distribution(scene: Scene) -> None:
    assert put(scene, "\nimport yaml\n") == (
        'svc/api/app.py:2:1: imports "yaml", which is in @pip//pyyaml, and //svc/api '
        "doesn't declare that. [imports/undeclared]\n"
        'Fix: add "@pip//pyyaml" to its deps: bazel run //tools/imports:fix -- '
        "//svc/api\n"
    )


def test_undeclared_library(scene: Scene) -> None:
    assert put(scene, "from libs.ml import classifier\n") == (
        'svc/api/app.py:1:1: imports "libs.ml.classifier", which is in //libs/ml, and '
        "//svc/api doesn't declare that. [imports/undeclared]\n"
        'Fix: add "//libs/ml" to its deps: bazel run //tools/imports:fix -- //svc/api\n'
    )


def test_file_without_a_target(scene: Scene) -> None:
    assert put(scene, "from svc.api import stray\n") == (
        'svc/api/app.py:1:1: imports "svc.api.stray", a file that no target has in its '
        "srcs. [imports/undeclared]\n"
        "Fix: make it a target, and a dep of //svc/api: "
        "bazel run //tools/imports:fix -- //svc/api/...\n"
    )


def test_transitive_distribution(scene: Scene) -> None:
    source = "from libs.ml import classifier\nimport numpy as np\n"

    assert put(scene, source, "//libs/ml") == (
        'svc/api/app.py:2:1: imports "numpy" of @pip//numpy, which //svc/api has only '
        "through another: //svc/api -> //libs/ml -> @pip//numpy. "
        "[imports/transitive]\n"
        'Fix: add "@pip//numpy" to its deps: bazel run //tools/imports:fix -- '
        "//svc/api\n"
    )


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """Return a scene with a package, and a package below it of another target."""
    scene.files["svc/shop/__init__.py"] = "PRICE = 1\n"
    scene.files["svc/shop/core.py"] = ""
    scene.files["svc/shop/sub/__init__.py"] = ""
    scene.files["svc/shop/sub/deep.py"] = "DEEP = 1\n"
    scene.build_files["svc/shop/BUILD.bazel"] = library(
        "shop", ["__init__.py", "core.py"], visibility=PUBLIC
    )
    scene.build_files["svc/shop/sub/BUILD.bazel"] = library(
        "sub", ["__init__.py", "deep.py"], visibility=PUBLIC
    )
    return scene


def own(scene: Scene, source: str, *deps: str) -> str:
    """Check `//svc/shop` with a source more."""
    scene.files["svc/shop/app.py"] = source
    srcs = ["__init__.py", "app.py", "core.py"]
    scene.build_files["svc/shop/BUILD.bazel"] = library(
        "shop", srcs, deps, visibility=PUBLIC
    )
    return scene.report(deps, "//svc/shop")


@pytest.mark.parametrize(
    "source", ["from svc.shop import PRICE\n", "from .. import PRICE\n"]
)
def test_name_of_a_package_is_in_the_target_of_the_package(
    shop: Scene, source: str
) -> None:
    shop.files["svc/shop/tests/test_it.py"] = source
    shop.build_files["svc/shop/tests/BUILD.bazel"] = library("test_it", ["test_it.py"])

    assert shop.report([], "//svc/shop/tests:test_it") == (
        'svc/shop/tests/test_it.py:1:1: imports "svc.shop", which is in //svc/shop, and '
        "//svc/shop/tests:test_it doesn't declare that. [imports/undeclared]\n"
        'Fix: add "//svc/shop" to its deps: bazel run //tools/imports:fix -- '
        "//svc/shop/tests:test_it\n"
    )
    assert shop.report(["//svc/shop"], "//svc/shop/tests:test_it") == ""


def test_own_package_provides_nothing_that_is_not_in_it(shop: Scene) -> None:
    got = own(
        shop,
        "from svc.shop.nowhere import X\nfrom svc.shop.sub.deep import DEEP\n"
        "import svc.shop.core.part\n",
    )

    assert got == (
        'svc/shop/app.py:1:1: imports "svc.shop.nowhere", and no target, no locked '
        "distribution and no module of Python has that name. [imports/unresolved]\n"
        "Fix: correct the name; or add the distribution that provides it to "
        "requirements.in: bazel run //:requirements.update\n"
        'svc/shop/app.py:2:1: imports "svc.shop.sub.deep", which is in //svc/shop/sub, '
        "and //svc/shop doesn't declare that. [imports/undeclared]\n"
        'Fix: add "//svc/shop/sub" to its deps: bazel run //tools/imports:fix -- '
        "//svc/shop\n"
        'svc/shop/app.py:3:1: imports "svc.shop.core.part", and no target, no locked '
        "distribution and no module of Python has that name. [imports/unresolved]\n"
        "Fix: correct the name; or add the distribution that provides it to "
        "requirements.in: bazel run //:requirements.update\n"
    )


@pytest.mark.parametrize(
    "source",
    [
        "from svc.shop import sub\n",
        "from . import sub\n",
        "import svc.shop.sub\n",
        "import svc.shop.sub as it\n",
    ],
)
def test_subpackage_of_another_target_is_a_dep_of_the_own_package(
    shop: Scene, source: str
) -> None:
    got = own(shop, source)

    assert 'imports "svc.shop.sub", which is in //svc/shop/sub' in got
    assert own(shop, source, "//svc/shop/sub") == ""


def test_subpackage_is_a_dep_of_those_who_have_the_package_alone(shop: Scene) -> None:
    source = "from svc.shop import PRICE, core, sub\n"

    assert put(shop, source, "//svc/shop") == (
        'svc/api/app.py:1:1: imports "svc.shop.sub", which is in //svc/shop/sub, and '
        "//svc/api doesn't declare that. [imports/undeclared]\n"
        'Fix: add "//svc/shop/sub" to its deps: bazel run //tools/imports:fix -- '
        "//svc/api\n"
    )
    assert put(shop, source, "//svc/shop", "//svc/shop/sub") == ""


@pytest.mark.parametrize(
    "init",
    [
        "sub = 1\n",
        "from somewhere import sub\n",
        "from somewhere import *\n",
        "def __getattr__(name: str) -> object: ...\n",
        "import sys\nsys.modules[__name__] = object()\n",
        'globals()["sub"] = 1\n',
        "def f(:\n",
    ],
)
def test_name_that_a_package_may_have_is_no_subpackage(shop: Scene, init: str) -> None:
    shop.files["svc/shop/__init__.py"] = init

    assert put(shop, "from svc.shop import sub\n", "//svc/shop") == ""


def test_name_that_nobody_has_is_left_to_the_type_check(shop: Scene) -> None:
    assert put(shop, "from svc.shop import nowhere\n", "//svc/shop") == ""


def test_package_through_a_library_without_sources_is_asked_too(shop: Scene) -> None:
    shop.edges["//libs/all"] = ["//svc/shop"]

    assert put(shop, "from svc.shop import PRICE\n", "//libs/all") == ""


def test_module_hides_the_folder_of_its_name(shop: Scene) -> None:
    shop.files["svc/shop.py"] = ""
    shop.files["svc/shop/part.py"] = ""
    shop.build_files["svc/BUILD.bazel"] = library("svc", ["shop.py"])
    shop.build_files["svc/shop/BUILD.bazel"] = library("part", ["part.py"])
    source = "import svc.shop.part\n"

    assert put(shop, source, "//svc/shop:part", "//svc") == (
        'svc/api/BUILD.bazel:6:9: //svc/api lists "//svc" in deps, and none of its '
        "sources imports it. [imports/unused]\n"
        "Fix: bazel run //tools/imports:fix -- //svc/api; or say why it is needed, "
        "beside it: # bazel: keep: REASON\n"
        'svc/api/app.py:1:1: imports "svc.shop.part" from the folder svc/shop, and '
        "Python takes svc/shop.py for it and looks no further. [imports/hidden]\n"
        "Fix: rename one of the two; or make svc/shop.py the __init__.py of the "
        "folder.\n"
    )


def test_package_is_taken_before_the_module_of_its_name(shop: Scene) -> None:
    shop.files["svc/shop.py"] = ""
    shop.build_files["svc/shop/BUILD.bazel"] = library(
        "shop", ["__init__.py", "core.py"], visibility=PUBLIC
    )
    shop.build_files["svc/BUILD.bazel"] = library(
        "svc", ["shop.py", "shop/__init__.py", "shop/core.py"], visibility=PUBLIC
    )

    assert put(shop, "import svc.shop.core\n", "//svc") == ""


def test_relative_import_that_leaves_the_root_is_a_finding(scene: Scene) -> None:
    assert put(scene, "from ....far import x\n") == (
        'svc/api/app.py:1:1: imports "from ....far import x", which leaves the import '
        "root. [imports/unresolved]\n"
        "Fix: name the module from the root.\n"
    )


def test_modules_that_python_does_not_list_are_its_own(scene: Scene) -> None:
    source = "import __main__\nfrom test import support\nfrom test.support import x\n"

    assert put(scene, source) == ""


def test_pytester_is_of_pytest(scene: Scene) -> None:
    scene.distributions["@pip//pytest"] = ["_pytest/pytester.py", "pytest/__init__.py"]
    source = 'pytest_plugins = ["pytester"]\n'

    assert put(scene, source, "@pip//pytest") == ""


@pytest.mark.parametrize(
    ("data", "line", "text", "fix"),
    [
        (
            b"import os\n'\xe9'\n",
            2,
            "holds the byte 0xe9, which is not UTF-8.",
            "save it as UTF-8; a Python source may also name its encoding in its first "
            "line: # -*- coding: latin-1 -*-",
        ),
        (b"x = 1\n\n\0", 3, "holds a null byte, which Python refuses.", "take it out."),
        (
            b"# coding: nonsense\n",
            1,
            "names an encoding that Python refuses: unknown encoding: nonsense.",
            "save it as UTF-8, without a line that names an encoding.",
        ),
    ],
)
def test_source_that_is_no_text_is_one_finding(
    scene: Scene, data: bytes, line: int, text: str, fix: str
) -> None:
    scene.files["svc/api/app.py"] = data.decode("latin-1")
    scene.encoding = "latin-1"
    scene.build_files["svc/api/BUILD.bazel"] = library("api", ["app.py"])

    assert scene.report([]) == (
        f"svc/api/app.py:{line}: {text} [imports/syntax]\nFix: {fix}\n"
    )


def test_source_in_another_encoding_is_checked(scene: Scene) -> None:
    scene.encoding = "latin-1"

    assert "svc/api/app.py:3:1: " in put(
        scene, "# coding: latin-1\nx = '\xe9'\nimport yaml\n"
    )
    assert "svc/api/app.py:1:1: " in put(scene, "\xef\xbb\xbfimport yaml\n")


TYPED = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy\n"


def put_typed(scene: Scene, source: str, *pyi_deps: str, deps: str = "") -> str:
    """Check `//svc/api` with what it has for its types."""
    scene.files["svc/api/app.py"] = source
    written = json.dumps(list(pyi_deps))
    given = [deps] if deps else []
    scene.build_files["svc/api/BUILD.bazel"] = library(
        "api", ["app.py"], given, pyi_deps=written
    )
    return scene.report(given, pyi_deps=pyi_deps)


def test_import_for_types_needs_a_dep_for_types(scene: Scene) -> None:
    assert put_typed(scene, TYPED) == (
        'svc/api/app.py:3:5: imports "numpy", which is in @pip//numpy, and //svc/api '
        "doesn't declare that. [imports/undeclared]\n"
        'Fix: add "@pip//numpy" to its pyi_deps: bazel run //tools/imports:fix -- '
        "//svc/api\n"
    )


def test_import_for_types_takes_either_list(scene: Scene) -> None:
    assert put_typed(scene, TYPED, "@pip//numpy") == ""
    assert put_typed(scene, TYPED, deps="@pip//numpy") == ""


def test_import_that_runs_needs_more_than_a_dep_for_types(scene: Scene) -> None:
    assert put_typed(scene, TYPED + "import numpy\n", "@pip//numpy") == (
        'svc/api/app.py:4:1: imports "numpy" of @pip//numpy when it runs, and //svc/api '
        "has that in pyi_deps, for types only. [imports/types-only]\n"
        'Fix: move "@pip//numpy" to its deps: bazel run //tools/imports:fix -- '
        "//svc/api\n"
    )


def test_dep_that_runs_serves_the_types_too(scene: Scene) -> None:
    source = TYPED.replace("numpy", "yaml") + "import yaml\n"

    got = put_typed(scene, source)

    assert got.count('Fix: add "@pip//pyyaml" to its deps: ') == 2


def test_dep_for_types_that_nothing_uses_is_unused(scene: Scene) -> None:
    assert put_typed(scene, "", "@pip//numpy") == (
        'svc/api/BUILD.bazel:4:17: //svc/api lists "@pip//numpy" in pyi_deps, and none '
        "of its sources imports it. [imports/unused]\n"
        "Fix: bazel run //tools/imports:fix -- //svc/api; or say why it is needed, "
        "beside it: # bazel: keep: REASON\n"
    )


def test_stub_distribution_serves_types_from_either_list(scene: Scene) -> None:
    source = "import yaml\n"

    assert put_typed(scene, source, "@pip//types_pyyaml", deps="@pip//pyyaml") == ""


def test_stub_imports_for_types_and_stands_for_its_module(scene: Scene) -> None:
    scene.files |= {"libs/fast/core.pyi": "import numpy\n"}
    scene.build_files["libs/fast/BUILD.bazel"] = library(
        "fast", [], pyi_srcs='["core.pyi"]', visibility=PUBLIC
    )

    assert "to its pyi_deps" in scene.report([], "//libs/fast")
    assert scene.report([], "//libs/fast", ["@pip//numpy"]) == ""
    assert put(scene, "import libs.fast.core\n", "//libs/fast") == ""
    assert "which is in //libs/fast, and" in put(scene, "import libs.fast.core\n")


def test_unused_dep(scene: Scene) -> None:
    assert put(scene, "import numpy\n", "//libs/ml", "@pip//numpy") == (
        'svc/api/BUILD.bazel:5:9: //svc/api lists "//libs/ml" in deps, and none of its '
        "sources imports it. [imports/unused]\n"
        "Fix: bazel run //tools/imports:fix -- //svc/api; or say why it is needed, "
        "beside it: # bazel: keep: REASON\n"
    )


def test_unused_dep_is_kept_for_a_reason(scene: Scene) -> None:
    kept = '@pip//numpy",  # bazel: keep: loaded by name'

    text = library("api", ["app.py"], ["@pip//numpy"])
    scene.files["svc/api/app.py"] = ""
    scene.build_files["svc/api/BUILD.bazel"] = text.replace('@pip//numpy",', kept)

    assert scene.report(["@pip//numpy"]) == ""


def test_keep_without_a_reason_keeps_nothing(scene: Scene) -> None:
    text = library("api", ["app.py"], ["@pip//numpy"])
    scene.files["svc/api/app.py"] = ""
    scene.build_files["svc/api/BUILD.bazel"] = text.replace(
        '@pip//numpy",', '@pip//numpy",  # bazel: keep'
    )

    got = scene.report(["@pip//numpy"])

    assert got.startswith(
        'svc/api/BUILD.bazel:5:9: //svc/api lists "@pip//numpy" in deps, and none of '
        "its sources imports it. Its `# bazel: keep` gives no reason. [imports/unused]"
    )


def test_unresolved_import(scene: Scene) -> None:
    assert put(scene, "import nunpy\n") == (
        'svc/api/app.py:1:1: imports "nunpy", and no target, no locked distribution '
        "and no module of Python has that name. [imports/unresolved]\n"
        "Fix: correct the name; or add the distribution that provides it to "
        "requirements.in: bazel run //:requirements.update\n"
    )


def test_private_module_of_a_library_is_invisible(scene: Scene) -> None:
    assert put(scene, "from libs.ml.training import train\n") == (
        'svc/api/app.py:1:1: imports "libs.ml.training", which is in '
        "//libs/ml:training, and that is private: //svc/api may not use it. "
        "[imports/invisible]\n"
        "Fix: import what libs/ml offers to others; or have its owners add //svc/api "
        "to the visibility of //libs/ml:training in libs/ml/BUILD.bazel.\n"
    )


def test_private_module_reached_through_its_library_is_invisible(scene: Scene) -> None:
    scene.edges["//libs/ml"].append("//libs/ml:training")

    got = put(scene, "from libs.ml import training, classifier\n", "//libs/ml")

    assert got.startswith(
        'svc/api/app.py:1:1: imports "libs.ml.training", which is in '
        "//libs/ml:training, and that is private"
    )


def test_module_of_another_service_is_invisible(scene: Scene) -> None:
    scene.build_files["svc/other/BUILD.bazel"] = library(
        "other", ["app.py"], visibility='["//ops:__subpackages__"]'
    )

    assert "which is in //svc/other, and that is visible to //ops/... only" in put(
        scene, "import svc.other.app\n"
    )


def test_source_that_is_not_python(scene: Scene) -> None:
    assert put(scene, "import os\ndef f(:\n", "@pip//numpy") == (
        "svc/api/app.py:2:7: is not Python: invalid syntax. [imports/syntax]\n"
        "Fix: correct it.\n"
    )


def test_forbidden_below_a_scope_prints_the_shortest_path(scene: Scene) -> None:
    scene.edges["//libs/ml"].append("@pip//sklearn")
    scene.denied = ["imports/restricted|@pip//sklearn|only training uses it"]

    assert put(scene, "from libs.ml import classifier\n", "//libs/ml") == (
        "svc/api/BUILD.bazel:5:9: //svc/api has @pip//sklearn, and only training uses "
        "it: //svc/api -> //libs/ml -> @pip//sklearn. [imports/restricted]\n"
        "Fix: take //libs/ml out of its deps, or have what lies between do without.\n"
    )


def test_forbidden_folder_covers_what_is_below_it(scene: Scene) -> None:
    scene.denied = ["imports/layer|//svc|libs never depend on services"]
    source = "import svc.other.app\n"

    assert "has //svc/other, and libs never depend on services" in put(
        scene, source, "//svc/other"
    )


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import yaml\nexcept ImportError:\n    yaml = None\n",
        "try:\n    import tomllib\nexcept ImportError:\n    import tomli\n",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    import yaml\n",
        'import sys\nif sys.platform == "win32":\n    import winthing\n',
        "import sys\nif sys.version_info < (3, 9):\n    import old\n",
        "import os.path\n",
    ],
)
def test_import_that_may_fail_needs_no_dep(scene: Scene, source: str) -> None:
    assert put(scene, source) == ""


def test_optional_import_uses_its_dep(scene: Scene) -> None:
    source = "try:\n    import yaml\nexcept ImportError:\n    yaml = None\n"

    assert put(scene, source, "@pip//pyyaml") == ""


def test_import_for_types_only_is_held_like_any_other(scene: Scene) -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy\n"

    assert '"numpy", which is in @pip//numpy' in put(scene, source)


def test_modules_of_type_checkers_need_no_dep(scene: Scene) -> None:
    source = "if TYPE_CHECKING:\n    from _typeshed import StrPath\n"

    assert put(scene, source) == ""
    assert "imports/unresolved" in put(scene, "from _typeshed import StrPath\n")


def test_stubs_are_used_by_what_they_describe(scene: Scene) -> None:
    source = "import yaml\n"

    assert put(scene, source, "@pip//pyyaml", "@pip//types_pyyaml") == ""


def test_stubs_do_not_stand_for_what_runs(scene: Scene) -> None:
    assert "imports/undeclared" in put(scene, "import yaml\n", "@pip//types_pyyaml")


def test_import_by_a_literal_is_an_import(scene: Scene) -> None:
    source = 'import importlib\nimportlib.import_module("yaml")\n'

    assert put(scene, source, "@pip//pyyaml") == ""
    assert "svc/api/app.py:2:1: " in put(scene, source)


def test_relative_import_is_resolved(scene: Scene) -> None:
    assert '"svc.other.app"' in put(scene, "from ..other import app\n")


def test_namespace_package_tells_its_distributions_apart(scene: Scene) -> None:
    source = "from opentelemetry import trace\n"

    assert put(scene, source, "@pip//api") == ""
    assert 'lists "@pip//sdk"' in put(scene, source, "@pip//api", "@pip//sdk")
    assert 'imports "opentelemetry.sdk", which is in @pip//sdk' in put(
        scene, "from opentelemetry import sdk, trace\n", "@pip//api"
    )


def test_pytest_plugin_is_used_without_an_import(scene: Scene) -> None:
    assert put(scene, "", "@pip//plugin") == ""


def test_tests_use_pytest_without_an_import(scene: Scene) -> None:
    scene.distributions["@pip//pytest"] = ["pytest/__init__.py"]
    scene.files["svc/api/test_app.py"] = ""
    scene.build_files["svc/api/BUILD.bazel"] = library(
        "api", ["test_app.py"], ["@pip//pytest"]
    )

    assert scene.report(["@pip//pytest"]) == ""
    assert 'lists "@pip//pytest"' in put(scene, "", "@pip//pytest")


def test_conftest_library_is_used_without_an_import(scene: Scene) -> None:
    scene.files["svc/conftest.py"] = ""
    scene.build_files["svc/BUILD.bazel"] = library("conftest", ["conftest.py"])

    assert put(scene, "", "//svc:conftest") == ""


def test_library_that_gathers_a_conftest_is_used_without_an_import(
    scene: Scene,
) -> None:
    scene.files["svc/conftest.py"] = ""
    scene.build_files["svc/BUILD.bazel"] = library("conftest", ["conftest.py"])
    scene.edges["//svc:fixtures"] = ["//svc:conftest"]

    assert put(scene, "", "//svc:fixtures") == ""


def test_plugins_named_in_a_conftest_are_imports(scene: Scene) -> None:
    assert "imports/undeclared" in put(scene, 'pytest_plugins = ["yaml"]\n')


def test_library_without_sources_stands_for_its_deps(scene: Scene) -> None:
    scene.edges["//libs/all"] = ["//libs/ml"]

    assert put(scene, "from libs.ml import classifier\n", "//libs/all") == ""


def test_name_in_a_string_uses_a_dep(scene: Scene) -> None:
    source = 'run = "libs.ml.classifier:predict"\n'

    assert put(scene, source, "//libs/ml") == ""


def test_source_that_a_dep_has_too_is_checked_there(scene: Scene) -> None:
    scene.files["svc/api/app.py"] = "import yaml\n"
    scene.build_files["svc/api/BUILD.bazel"] = library("lib", ["app.py"]) + library(
        "api", ["app.py"], [":lib"]
    )

    assert scene.report(["//svc/api:lib"]) == ""


def test_import_root_of_a_library_counts(scene: Scene) -> None:
    scene.files["old/src/thing.py"] = ""
    scene.build_files["old/BUILD.bazel"] = library(
        "old", ["src/thing.py"], imports='["src"]', visibility=PUBLIC
    )

    assert 'imports "thing", which is in //old' in put(scene, "import thing\n")


def test_dep_of_another_configuration_is_declared(scene: Scene) -> None:
    scene.files["svc/api/app.py"] = "import yaml\n"
    text = library("api", ["app.py"]).replace(
        "deps = [\n    ],", 'deps = select({"//c": ["@pip//pyyaml"]}),'
    )
    scene.build_files["svc/api/BUILD.bazel"] = text

    assert scene.report([]) == ""


def test_dep_that_a_macro_adds_is_not_called_unused(scene: Scene) -> None:
    scene.files["svc/api/app.py"] = ""
    scene.build_files["svc/api/BUILD.bazel"] = library("api", ["app.py"])

    assert scene.report(["//libs/ml"]) == ""


def test_transitive_dep_of_another_configuration_is_declared(scene: Scene) -> None:
    scene.files["svc/api/app.py"] = "from libs.ml import classifier\nimport numpy\n"
    text = library("api", ["app.py"]).replace(
        "deps = [\n    ],", 'deps = ["//libs/ml"] + select({"//c": ["@pip//numpy"]}),'
    )
    scene.build_files["svc/api/BUILD.bazel"] = text

    assert scene.report(["//libs/ml"]) == ""


def run(scene: Scene, source: str, *deps: str, build_file: str = "") -> dict[str, str]:
    """Run the program as the build does; return what it wrote, by option."""
    put(scene, source, *deps)
    if build_file:
        scene.build_files["svc/api/BUILD.bazel"] = build_file
    outputs = {
        name: scene.folder / name for name in ("report", "edits", "unused-inputs")
    }
    given = [
        f"--{name}={value}"
        for name, values in scene.options(deps).items()
        for value in values
    ]

    assert main([*given, *(f"--{name}={path}" for name, path in outputs.items())]) == 0

    return {name: path.read_text() for name, path in outputs.items()}


def test_program_without_findings_names_what_it_did_not_need(scene: Scene) -> None:
    got = run(scene, "import numpy\n", "@pip//numpy")

    assert (got["report"], got["edits"]) == ("", "")
    needless = [Path(line).name for line in got["unused-inputs"].splitlines()]
    assert sorted(needless) == ["distributions", "own", "repository"]


def test_program_with_findings_needed_everything_and_writes_the_edits(
    scene: Scene,
) -> None:
    got = run(scene, "import yaml\n", "@pip//numpy")

    assert got["report"].count("\n") == 2
    assert got["edits"] == (
        "add //svc/api @pip//pyyaml deps\nremove //svc/api @pip//numpy deps\n"
    )
    assert got["unused-inputs"] == ""


def test_program_needed_the_build_file_that_keeps_a_dep(scene: Scene) -> None:
    kept = '@pip//numpy",  # bazel: keep: loaded by name'
    text = library("api", ["app.py"], ["@pip//numpy"]).replace('@pip//numpy",', kept)

    got = run(scene, "", "@pip//numpy", build_file=text)

    assert (got["report"], got["unused-inputs"]) == ("", "")
