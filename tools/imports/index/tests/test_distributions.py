"""Tests of the index of a distribution, and of the map of all of them."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.imports.distributions import distribution_map
from tools.imports.distributions.distribution_map import HEADER
from tools.imports.index import distribution
from tools.imports.index.modules import Index, format_index

PLUGIN = "[console_scripts]\nx = x:main\n\n[pytest11]\nx = x.plugin\n"


def put(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def index(tmp_path: Path, *options: str) -> str:
    """Return the index of `@pip//x`."""
    output = tmp_path / "index"

    given = [f"--output={output}", "--label=@pip//x", *options]
    assert distribution.main(given) == 0

    return output.read_text()


def map_of(tmp_path: Path, modules: Mapping[str, str]) -> str:
    """Return the lines of the map of distributions, each with its modules."""
    options = []
    for number, (label, names) in enumerate(modules.items()):
        file = tmp_path / str(number)
        file.write_text(format_index({"label": label}, names.split()))
        options.append(f"--index={file}")

    assert distribution_map.main([f"--output={tmp_path}/map", *options]) == 0

    text = (tmp_path / "map").read_text()
    assert text.startswith(HEADER)
    return text.removeprefix(HEADER)


def test_index_of_a_folder_lists_its_modules_and_deps(tmp_path: Path) -> None:
    folder = put(
        tmp_path / "site-packages",
        {
            "x/__init__.py": "",
            "x/core.cpython-314-x86_64-linux-gnu.so": "",
            "x/__pycache__/stale.py": "",
            "x/data.json": "",
            "_x.py": "",
            "x-1.0.dist-info/METADATA": "",
        },
    )

    got = index(tmp_path, f"--folder={folder}", "--dep=@pip//z", "--dep=@pip//y")

    assert got == (
        '{"label": "@pip//x", "deps": ["@pip//y", "@pip//z"], "is_plugin": false, '
        '"tops": ["_x", "x"]}\n_x\nx\nx.core\n'
    )


def test_index_of_single_files_is_that_of_their_folder(tmp_path: Path) -> None:
    folder = put(tmp_path / "all", {"x/__init__.py": "", "x/core.py": ""})

    single = index(tmp_path, "--file=x/core.py", "--file=x/__init__.py")

    assert single == index(tmp_path, f"--folder={folder}")


@pytest.mark.parametrize(
    ("text", "is_plugin"),
    [(PLUGIN, True), (PLUGIN.replace("pytest11", "other"), False), ("", False)],
)
def test_plugin_of_pytest_is_told_by_its_entry_point(
    tmp_path: Path, text: str, is_plugin: bool
) -> None:
    name = "x-1.0.dist-info/entry_points.txt"
    folder = put(tmp_path / "all", {"x.py": "", name: text})

    from_folder = Index(index(tmp_path, f"--folder={folder}"))
    from_file = Index(index(tmp_path, "--file=x.py", f"--entry-points={folder}/{name}"))

    assert from_folder.is_plugin is is_plugin
    assert from_file.is_plugin is is_plugin


def test_entry_points_of_another_place_are_none(tmp_path: Path) -> None:
    folder = put(tmp_path / "all", {"x/entry_points.txt": PLUGIN, "x/y.py": ""})

    assert not Index(index(tmp_path, f"--folder={folder}")).is_plugin


def test_distribution_without_modules_has_an_index(tmp_path: Path) -> None:
    got = Index(index(tmp_path, "--file=x-1.0.dist-info/METADATA"))

    assert (got.label, got.modules, got.tops) == ("@pip//x", set(), set())


def test_first_part_of_one_distribution_is_one_line(tmp_path: Path) -> None:
    modules = {"@pip//numpy": "numpy numpy.linalg _np", "@pip//yaml": "yaml"}

    assert map_of(tmp_path, modules) == (
        "_np @pip//numpy\nnumpy @pip//numpy\nyaml @pip//yaml\n"
    )


def test_namespace_is_split_until_each_line_has_an_owner(tmp_path: Path) -> None:
    modules = {
        "@pip//api": "tele.trace.span tele.trace.core",
        "@pip//sdk": "tele.sdk tele.sdk.trace",
        "@pip//ext": "tele.ext.a",
        "@pip//other": "tele.ext.b",
    }

    assert map_of(tmp_path, modules) == (
        "tele.ext.a @pip//ext\n"
        "tele.ext.b @pip//other\n"
        "tele.sdk @pip//sdk\n"
        "tele.trace @pip//api\n"
    )


def test_module_above_those_of_others_keeps_its_line(tmp_path: Path) -> None:
    modules = {"@pip//base": "tele tele.a", "@pip//more": "tele.b"}

    assert map_of(tmp_path, modules) == (
        "tele @pip//base\ntele.a @pip//base\ntele.b @pip//more\n"
    )


def test_module_of_two_distributions_names_both(tmp_path: Path) -> None:
    modules = {"@pip//b": "same", "@pip//a": "same"}

    assert map_of(tmp_path, modules) == "same @pip//a @pip//b\n"


def test_stubs_and_plugins_are_in_the_map_too(tmp_path: Path) -> None:
    index = tmp_path / "index"
    about = {"label": "@pip//a", "is_plugin": True, "tops": ["a", "y-stubs"]}
    index.write_text(f"{json.dumps(about)}\na\ny-stubs.z\n")

    distribution_map.main([f"--output={tmp_path}/map", f"--index={index}"])

    text = (tmp_path / "map").read_text()
    assert text == f"{HEADER}# plugin @pip//a\na @pip//a\ny-stubs @pip//a\n"
