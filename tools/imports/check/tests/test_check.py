"""Tests of the check's findings, each with its exact message."""

from pathlib import Path

import pytest

from tools.imports.check.check import main
from tools.imports.check.tests.scene import PUBLIC, Scene, library, plain_scene, put


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return plain_scene(tmp_path)


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
    scene.denied = [
        {
            "rule": "imports/restricted",
            "prefix": "@pip//sklearn",
            "why": "only training uses it",
        }
    ]

    assert put(scene, "from libs.ml import classifier\n", "//libs/ml") == (
        "svc/api/BUILD.bazel:5:9: //svc/api has @pip//sklearn, and only training uses "
        "it: //svc/api -> //libs/ml -> @pip//sklearn. [imports/restricted]\n"
        "Fix: take //libs/ml out of its deps, or have what lies between do without.\n"
    )


def test_forbidden_folder_covers_what_is_below_it(scene: Scene) -> None:
    scene.denied = [
        {
            "rule": "imports/layer",
            "prefix": "//svc",
            "why": "libs never depend on services",
        }
    ]
    source = "import svc.other.app\n"

    assert "has //svc/other, and libs never depend on services" in put(
        scene, source, "//svc/other"
    )


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

    assert main(scene.request(deps)) == 0

    names = ("report", "unused_inputs")
    return {name: (scene.folder / name).read_text() for name in names}


def test_program_without_findings_names_what_it_did_not_need(scene: Scene) -> None:
    got = run(scene, "import numpy\n", "@pip//numpy")

    assert got["report"] == ""
    needless = [Path(line).name for line in got["unused_inputs"].splitlines()]
    assert sorted(needless) == ["distributions", "own", "repository"]


def test_program_with_findings_needed_everything(scene: Scene) -> None:
    got = run(scene, "import yaml\n", "@pip//numpy")

    assert got["report"].count("\n") == 2
    assert got["unused_inputs"] == ""


def test_program_needed_the_build_file_that_keeps_a_dep(scene: Scene) -> None:
    kept = '@pip//numpy",  # bazel: keep: loaded by name'
    text = library("api", ["app.py"], ["@pip//numpy"]).replace('@pip//numpy",', kept)

    got = run(scene, "", "@pip//numpy", build_file=text)

    assert (got["report"], got["unused_inputs"]) == ("", "")
