"""Tests of what the check makes of packages: their own names, and what lies below."""

from pathlib import Path

import pytest

from tools.imports.check.tests.scene import PUBLIC, Scene, library, plain_scene, put


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return plain_scene(tmp_path)


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
