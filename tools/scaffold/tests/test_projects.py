"""Tests of what a project may be called, and of its row."""

from pathlib import Path

import pytest

from tools.scaffold.projects import (
    DISTRIBUTIONS,
    RefusedError,
    existing_project,
    new_folder,
    refusal,
    refuse_new,
    row_of,
    site_of,
    with_badges,
    with_row,
    without_row,
)
from tools.workspace.settings import folders

README = """| folder | holds |
|---|---|
| `libs/ml` | a classifier |
| `services/shop` | a shop |
| `tools/` | the rest |
"""


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("my price", "it is no name of a module"),
        ("Price", "it is no name of a module"),
        ("3d", "it is no name of a module"),
        ("", "it is no name of a module"),
        ("../x", "it is no name of a module"),
        ("a" * 60, "it has 60 characters, wanted at most 40"),
        ("class", "it is a keyword of Python"),
        ("match", "it is a keyword of Python"),
        ("email", 'Python\'s own module "email" has it'),
        ("platform", "the repository means something else by it"),
        ("test", "the repository means something else by it"),
        ("numpy", 'the module "numpy" of @pip//numpy has it'),
    ],
)
def test_names_that_cannot_work_are_refused(
    tmp_path: Path, name: str, reason: str
) -> None:
    locked = tmp_path / DISTRIBUTIONS
    locked.parent.mkdir(parents=True)
    locked.write_text("numpy @pip//numpy\n")

    assert refusal(name, {"numpy": "@pip//numpy"}).startswith(reason)

    with pytest.raises(RefusedError) as refused:
        refuse_new(tmp_path, f"libs/{name}")
    assert str(refused.value).startswith(f'"{name}": {reason}')
    assert str(refused.value).endswith("\nFix: take another name.")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("libs/a", ["libs/a", "libs/ml", "services/shop", "tools/"]),
        ("libs/price", ["libs/ml", "libs/price", "services/shop", "tools/"]),
        ("services/z", ["libs/ml", "services/shop", "services/z", "tools/"]),
        ("apps/z", ["libs/ml", "services/shop", "apps/z", "tools/"]),
    ],
)
def test_the_map_of_the_readme_knows_it(name: str, wanted: list[str]) -> None:
    rows = with_row(README, name, "it").splitlines()[2:]

    assert [row.split("`")[1] for row in rows] == wanted


def test_a_row_goes_and_what_it_said_is_known() -> None:
    assert without_row(README, "libs/ml") == (
        README.replace("| `libs/ml` | a classifier |\n", ""),
        "a classifier",
    )
    assert without_row(README, "libs/m") == (README, "")
    assert row_of("libs/ml") == ("README.md", "libs/ml")
    assert row_of("tools/greet") == ("tools/README.md", "greet")


def test_each_project_of_the_map_has_its_badge() -> None:
    site = "https://acme.example/monorepo"
    badge = f"[![libs/ml]({site}/badges/libs-ml.svg)]({site}/projects.html)"

    shown = with_badges(README, site)

    assert "| folder | holds | stands |\n|---|---|---|\n" in shown
    assert f"| `libs/ml` | a classifier | {badge} |\n" in shown
    assert "| `tools/` |" in shown
    assert shown.count("badges/") == 2
    assert (site_of(shown), site_of(README)) == (site, "")
    assert with_badges(shown, site) == shown
    new = with_row(shown, "libs/price", "it")
    assert with_badges(new, site) == new
    assert without_row(new, "libs/price") == (shown, "it")


@pytest.mark.parametrize("text", ["libs", "libs/nope", "docs/price", "libs/ml/tests"])
def test_what_is_no_project_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "libs/ml/tests").mkdir(parents=True)
    (tmp_path / "docs/price").mkdir(parents=True)

    assert existing_project(tmp_path, "libs/ml/") == "libs/ml"
    with pytest.raises(RefusedError, match="is no project"):
        existing_project(tmp_path, text)


def test_a_top_folder_is_one_of_the_settings() -> None:
    top = folders("service")[-1]

    assert new_folder("service", "cart", top) == f"{top}/cart"
    assert new_folder("library", "cart") == f"{folders('library')[0]}/cart"
    with pytest.raises(RefusedError, match=r'"nowhere": settings\.bzl names no top'):
        new_folder("service", "cart", "nowhere")
