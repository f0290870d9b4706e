"""Tests of which plugins of the distributions on the import path are loaded."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.testing.plugins import plugin_arguments

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Give a maker of distributions, each in an import root of its own; there are no others."""
    monkeypatch.setattr(sys, "path", [])

    def make(
        name: str,
        *plugins: str,
        requires: tuple[str, ...] = (),
        root: str = "site-packages",
    ) -> None:
        folder = tmp_path / name / root / f"{name}-1.0.dist-info"
        folder.mkdir(parents=True)
        lines = [f"Requires-Dist: {requirement}" for requirement in requires]
        head = "\n".join([f"Name: {name}", *lines])
        (folder / "METADATA").write_text(f"{head}\n\nRequires-Dist: prose\n")
        if plugins:
            entries = "".join(f"{plugin} = {name}.{plugin}\n" for plugin in plugins)
            (folder / "entry_points.txt").write_text(f"[pytest11]\n{entries}")
        sys.path.append(str(folder.parent))

    return make


def test_target_without_a_plugin_loads_none(install: Install) -> None:
    install("numpy")

    assert plugin_arguments(["numpy"]) is None


def test_plugin_that_the_target_names_is_loaded(install: Install) -> None:
    install("pytest_xdist", "xdist", "xdist.looponfail")

    assert plugin_arguments(["pytest_xdist"]) == []


def test_folder_that_is_not_there_holds_none(install: Install) -> None:
    install("pytest_asyncio", "asyncio")
    sys.path.append("/missing/site-packages")

    assert plugin_arguments([]) == []


def test_plugin_that_a_library_names_is_loaded(install: Install) -> None:
    install("pytest_asyncio", "asyncio")

    assert plugin_arguments([]) == []


def test_plugin_of_a_first_party_project_is_loaded(install: Install) -> None:
    install("price_list", "prices", requires=("anyio",), root="src")
    install("anyio", "anyio")

    assert plugin_arguments([]) == []


def test_plugin_that_another_one_needs_is_loaded(install: Install) -> None:
    install("pytest_html", "html", requires=("pytest-metadata>=2", "jinja2"))
    install("pytest_metadata", "metadata")

    assert plugin_arguments(["pytest_html"]) == []


def test_plugin_that_a_distribution_brings_is_not_loaded(install: Install) -> None:
    install("starlette", requires=("anyio",))
    install("anyio", "anyio", "more")

    assert plugin_arguments(["starlette"]) is None


def test_plugin_that_nobody_asked_for_is_kept_out_by_its_name(install: Install) -> None:
    install("starlette", requires=("anyio",))
    install("anyio", "anyio", "more")
    install("pytest_mock", "pytest_mock")

    assert plugin_arguments(["starlette", "pytest_mock"]) == ["-pno:anyio", "-pno:more"]


def test_requirement_of_an_extra_is_none(install: Install) -> None:
    install("libx", requires=('pytest-mock ; extra == "test"',))
    install("pytest_mock", "pytest_mock")

    assert plugin_arguments(["libx"]) == []


@pytest.mark.parametrize("metadata", [None, b"Author: J\xf6rg\nName: old\n\n"])
def test_distribution_whose_metadata_is_odd_hides_no_plugin(
    install: Install, metadata: bytes | None
) -> None:
    install("old")
    file = Path(sys.path[0], "old-1.0.dist-info", "METADATA")
    file.unlink()
    if metadata:
        file.write_bytes(metadata)
    install("pytest_mock", "pytest_mock")

    assert plugin_arguments([]) == []
