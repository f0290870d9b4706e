"""Tests of what counts as an import, and as a use of a dep."""

from pathlib import Path

import pytest

from tools.imports.check.tests.scene import Scene, library, plain_scene, put


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return plain_scene(tmp_path)


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


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import libs.ml.classifier\nexcept ImportError:\n    pass\n",
        "from contextlib import suppress\nwith suppress(ImportError):\n    import libs.ml.classifier\n",
        'importorskip("libs.ml.classifier")\n',
    ],
)
def test_optional_import_of_what_a_target_has_lacks_its_dep(
    scene: Scene, source: str
) -> None:
    assert 'add "//libs/ml" to its deps' in put(scene, source)
    assert put(scene, source, "//libs/ml") == ""


@pytest.mark.parametrize(
    "source",
    [
        'import sys\nif sys.platform == "win32":\n    import libs.ml.classifier\n',
        "with raises(ImportError):\n    import libs.ml.classifier\n",
        'import importlib.util\nimportlib.util.find_spec("libs.ml.classifier")\n',
    ],
)
def test_import_that_is_right_to_fail_lacks_nothing(scene: Scene, source: str) -> None:
    assert put(scene, source) == ""


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
