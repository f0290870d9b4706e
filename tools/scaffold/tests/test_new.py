"""Tests of what a new project is made of, and which names are refused."""

from argparse import Namespace
from pathlib import Path

import pytest

from tools.scaffold.new import KINDS, TEMPLATES, made, main, plan
from tools.scaffold.projects import DISTRIBUTIONS, RefusedError

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


def test_a_project_that_is_there_is_left_alone(root: Path) -> None:
    (root / "libs/price").mkdir(parents=True)

    with pytest.raises(RefusedError, match="libs/price is there already"):
        plan(root, Namespace(what="library", name="price", kind="http", top=""))


@pytest.mark.parametrize("kind", [*KINDS, "library", "tool"])
def test_nothing_of_the_template_s_name_is_left(kind: str) -> None:
    files = made(TEMPLATES / kind, "services/price_list", "price_list")

    assert [path for path in files if not path.startswith("services/price_list/")] == []
    assert any("/tests/test_" in path for path in files)
    text = "".join(files) + "".join(files.values())
    for word in ("newproject", "NEWPROJECT", "scaffold", "template"):
        assert word not in text.replace("BUILD.template", "")


def test_a_service_has_its_image(root: Path) -> None:
    _, files = plan(root, Namespace(what="service", name="cart", kind="http", top=""))

    assert "py_image(" in files["services/cart/BUILD.bazel"]
    assert 'env_prefix="CART_"' in files["services/cart/settings.py"]
    assert (
        "| `services/cart` | the service cart |\n| `services/shop`"
        in files["README.md"]
    )


def test_a_tool_has_a_row_among_the_tools(root: Path) -> None:
    _, files = plan(root, Namespace(what="tool", name="greet", kind="http", top=""))

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
    assert '+++ libs/price/price.py\n@@ -0,0 +1,6 @@\n+"""What price does."""\n' in said
    assert "\n+| `libs/price` | the library price |\n" in said
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
