"""Tests of what a new project is made of, and which names are refused."""

from argparse import Namespace
from pathlib import Path

import pytest

from tools.scaffold.new import (
    DISTRIBUTIONS,
    KINDS,
    TEMPLATES,
    NameRefusedError,
    made,
    main,
    plan,
    refusal,
    with_row,
)

README = """| folder | holds |
|---|---|
| `libs/ml` | a classifier |
| `services/shop` | a shop |
| `tools/` | the rest |
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in {
        DISTRIBUTIONS: "numpy @pip//numpy\n",
        "README.md": README,
        "tools/README.md": "| folder | does |\n|---|---|\n| `fix` | fixes |\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


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
def test_names_that_cannot_work_are_refused(root: Path, name: str, reason: str) -> None:
    assert refusal(name, {"numpy": "@pip//numpy"}).startswith(reason)

    options = Namespace(what="library", name=name, kind="http")
    with pytest.raises(NameRefusedError) as refused:
        plan(root, options)
    assert str(refused.value).startswith(f'"{name}": {reason}')
    assert str(refused.value).endswith("\nFix: take another name.")


def test_a_project_that_is_there_is_left_alone(root: Path) -> None:
    (root / "libs/price").mkdir(parents=True)

    with pytest.raises(NameRefusedError, match="libs/price is there already"):
        plan(root, Namespace(what="library", name="price", kind="http"))


@pytest.mark.parametrize("kind", [*KINDS, "library", "tool"])
def test_nothing_of_the_template_s_name_is_left(kind: str) -> None:
    files = made(TEMPLATES / kind, "services/price_list", "price_list")

    assert [path for path in files if not path.startswith("services/price_list/")] == []
    assert any("/tests/test_" in path for path in files)
    text = "".join(files) + "".join(files.values())
    for word in ("newproject", "NEWPROJECT", "scaffold", "template"):
        assert word not in text.replace("BUILD.template", "")


def test_a_service_has_its_image(root: Path) -> None:
    files = plan(root, Namespace(what="service", name="cart", kind="http"))

    assert "py_image(" in files["services/cart/BUILD.bazel"]
    assert 'env_prefix="CART_"' in files["services/cart/settings.py"]
    assert (
        "| `services/cart` | the service cart |\n| `services/shop`"
        in files["README.md"]
    )


@pytest.mark.parametrize(
    ("folder", "wanted"),
    [
        ("libs/a", ["libs/a", "libs/ml", "services/shop", "tools/"]),
        ("libs/price", ["libs/ml", "libs/price", "services/shop", "tools/"]),
        ("services/z", ["libs/ml", "services/shop", "services/z", "tools/"]),
        ("apps/z", ["libs/ml", "services/shop", "apps/z", "tools/"]),
    ],
)
def test_the_map_of_the_readme_knows_it(folder: str, wanted: list[str]) -> None:
    rows = with_row(README, folder, "it").splitlines()[2:]

    assert [row.split("`")[1] for row in rows] == wanted


def test_a_tool_has_a_row_among_the_tools(root: Path) -> None:
    files = plan(root, Namespace(what="tool", name="greet", kind="http"))

    assert files["tools/README.md"].endswith(
        "| `fix` | fixes |\n| `greet` | greets somebody |\n"
    )
    assert "README.md" not in files


PROGRAMS = ("--ruff=ruff", "--buildifier=buildifier", "--buildozer=buildozer")


def test_dry_run_prints_and_writes_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(root))

    assert main([*PROGRAMS, "--dry-run", "library", "price"]) == 0

    said = capsys.readouterr().out
    assert said.startswith('--- libs/price/price.py\n"""What price does."""\n')
    assert "--- README.md\n" in said
    assert not (root / "libs").exists()


def test_a_refusal_is_said(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(root))

    assert main([*PROGRAMS, "service", "import"]) == 1
    assert capsys.readouterr().err == (
        '"import": it is a keyword of Python.\nFix: take another name.\n'
    )

    monkeypatch.delenv("BUILD_WORKSPACE_DIRECTORY")
    assert main([*PROGRAMS, "service", "cart"]) == 2
