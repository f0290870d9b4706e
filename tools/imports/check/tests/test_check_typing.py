"""Tests of what the check makes of imports for types, and of stubs."""

import json
from pathlib import Path

import pytest

from tools.imports.check.tests.scene import PUBLIC, Scene, library, plain_scene, put

TYPED = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy\n"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return plain_scene(tmp_path)


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
