"""Tests of what stands on a .bzl file."""

from pathlib import Path

import pytest

from tools.graph.affected.starlark_files import StarlarkFiles

FILES = {
    ".bazelrc": "build --aspects=//tools/check:defs.bzl%check\n",
    "MODULE.bazel": 'x = use_extension("//tools/x:extension.bzl", "x")\n',
    "libs/BUILD.bazel": 'load("//tools/image:defs.bzl", "image")\nimage(name = "i")\n',
    "tools/check/BUILD.bazel": "",
    "tools/check/defs.bzl": 'T = [":program", "//:pyproject.toml", "some words"]\n',
    "tools/image/BUILD.bazel": "",
    "tools/image/defs.bzl": 'load(":private/layer.bzl", "layer")\nimage = layer\n',
    "tools/image/private/layer.bzl": 'load("@other//:x.bzl", "x")\ndef layer(): x()\n',
    "tools/x/BUILD.bazel": "",
    "tools/x/extension.bzl": 'load(":more.bzl", "more")\n',
    "tools/x/more.bzl": "more = 1\n",
    "tools/x/broken.bzl": "def (\n",
}


@pytest.fixture
def files(tmp_path: Path) -> StarlarkFiles:
    """Return the files of a workspace."""
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    paths = tuple(path for path in FILES if path.endswith((".bzl", "BUILD.bazel")))
    return StarlarkFiles(tmp_path, paths)


def test_loads_are_followed_to_the_file_that_changed(files: StarlarkFiles) -> None:
    layer = "tools/image/private/layer.bzl"

    assert files.standing_on(layer) == {layer, "tools/image/defs.bzl"}


def test_statements_that_use_a_file_are_told(files: StarlarkFiles) -> None:
    assert files.spans("libs/BUILD.bazel", {"tools/image/defs.bzl"}) == [(2, 2)]
    assert files.spans("libs/BUILD.bazel", {"tools/x/more.bzl"}) == []


def test_extensions_are_known_with_what_they_load(files: StarlarkFiles) -> None:
    assert files.extensions() == ["tools/x/extension.bzl", "tools/x/more.bzl"]


def test_aspects_of_every_target_are_known_with_what_they_name(
    files: StarlarkFiles,
) -> None:
    aspects = files.aspects()

    assert aspects == ["tools/check/defs.bzl"]
    assert list(files.labels(aspects)) == [
        "//tools/check:program",
        "//:pyproject.toml",
    ]


def test_file_that_is_no_starlark_loads_nothing(files: StarlarkFiles) -> None:
    assert files.loads("tools/x/broken.bzl") == {}


@pytest.mark.parametrize(
    ("macros", "may_have"),
    [
        ('def image(name): native.glob(["data/**"])\n', True),
        ('def image(name): native.glob([name + "/*"])\n', True),
        ('def image(name): native.glob(include = ["*.md"])\n', False),
        ('load("@rules_oci//oci:defs.bzl", "oci_image")\nimage = oci_image\n', False),
        ('load("@rules_other//:defs.bzl", "other")\nimage = other\n', True),
    ],
)
def test_macros_may_list_a_file(
    files: StarlarkFiles, macros: str, *, may_have: bool
) -> None:
    (files.root / "tools/image/defs.bzl").write_text(macros)

    assert bool(files.listing("libs/BUILD.bazel", "libs/data/deep/file")) == may_have


@pytest.mark.parametrize(
    ("path", "may_have"),
    [
        ("libs/data/one.txt", True),
        ("libs/data/folder/one.txt", False),
        # A folder that a glob has goes with its last file.
        ("libs/any/folder/file", True),
        ("libs/[id].py", True),
        ("libs/i.py", False),
    ],
)
def test_globs_of_a_build_file_may_list_a_file(
    files: StarlarkFiles, path: str, *, may_have: bool
) -> None:
    text = 'A = glob(["data/*.txt", "any/*", "[id].py"])\nx(srcs = A)\ny(srcs = [])\n'
    (files.root / "libs/BUILD.bazel").write_text(text)

    found = files.listing("libs/BUILD.bazel", path)

    assert found == ([(1, 1), (2, 2)] if may_have else [])
