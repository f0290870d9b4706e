"""Tests of what becomes of a repository in which a project gets another name."""

from pathlib import Path

import pytest

from tools.scaffold.mentions import Project
from tools.scaffold.move import main, plan
from tools.scaffold.projects import RefusedError
from tools.scaffold.tests.trees import FILES, lay_out

PROGRAMS = ("--ruff=ruff", "--buildifier=buildifier", "--buildozer=buildozer")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay_out(tmp_path)
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    return tmp_path


@pytest.fixture
def moved(root: Path) -> dict[str, str]:
    return plan(root, Project("libs/price"), Project("libs/cost"))[1]


def test_imports_follow_and_keep_their_form(moved: dict[str, str]) -> None:
    assert moved["services/shop/app.py"] == (
        "# Prices of libs/cost, not of libs/price_list.\n"
        "import libs.cost.fast  # quick\n"
        "from libs import cash, cost as price\n"
        "from libs import cost as prices\n"
        "from libs.cost.cents import NAME\n"
        "from libs.price_list import LIST\n\n"
        'PATCHED = "libs.cost.cents.NAME"\n'
    )
    assert moved["libs/cost/cents.py"] == (
        'import libs.cost.fast\n\nNAME = "libs.cost.cents"\n'
    )


def test_labels_groups_and_the_main_target_follow(moved: dict[str, str]) -> None:
    assert moved["libs/cost/BUILD.bazel"] == (
        'package_group(name = "users", packages = ["//libs/cost/...", "//services/..."])\n'
        'py_library(name = "cost", srcs = ["cents.py"], deps = ["@pip//scikit_learn"])\n'
        'py_library(name = "fast", deps = [":cost", "@pip//numpy"])\n'
    )
    assert moved["services/shop/BUILD.bazel"] == (
        'py_library(name = "shop", deps = ["//libs/cost", "@pip//numpy"])\n'
        'py_library(name = "old", deps = ["//libs/cost", "//libs/cost:fast"])\n'
    )
    assert '"//libs/cost/...",  # for coins' in moved["libs/cash/BUILD.bazel"]
    assert '["//libs/cost:__pkg__", ":users"]' in moved["libs/cash/BUILD.bazel"]


def test_floors_settings_and_docs_follow(moved: dict[str, str]) -> None:
    assert '[floor."libs/cost"]\nlines = 90' in moved["coverage.toml"]
    assert 'folders = ["libs/cash", "libs/cost"]' in moved["tools/policy/defs.bzl"]
    assert moved["README.md"] == (
        "| `libs/cash` | coins |\n| `libs/cost` | prices |\n| `tools/` | tools |\n\n"
        "See [libs/cost](libs/cost/README.md).\n"
    )
    assert moved["libs/cost/README.md"] == "# libs/cost\n"


def test_a_line_that_shows_the_command_is_an_example(root: Path) -> None:
    text = "run //:move -- libs/price libs/cost\nlibs/price\n"
    (root / "docs.md").write_text(text)

    _, moved = plan(root, Project("libs/price"), Project("libs/cost"))

    assert moved["docs.md"] == text.replace("\nlibs/price", "\nlibs/cost")


def test_the_map_stays_in_its_order(root: Path) -> None:
    _, moved = plan(root, Project("libs/price"), Project("libs/amount"))

    assert moved["README.md"].startswith("| `libs/amount` | prices |\n| `libs/cash` |")


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("libs/cash", '"cash": libs/cash is there already.'),
        ("libs/numpy", '"numpy": the module "numpy" of @pip//numpy has it.'),
        ("libs/a/b", '"a/b": it is no name of a module'),
        ("services/price", '"services/price": libs/price can have another name, and'),
        ("libs/fast", 'libs/price/BUILD.bazel:3: has a target "fast"'),
    ],
)
def test_what_cannot_work_is_refused(root: Path, new: str, reason: str) -> None:
    with pytest.raises(RefusedError) as refused:
        plan(root, Project("libs/price"), Project(new))

    assert str(refused.value).startswith(reason)
    assert "\nFix: " in str(refused.value)


def test_dry_run_prints_the_diff_and_what_it_cannot_decide(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*PROGRAMS, "--dry-run", "libs/price", "libs/cost"]) == 0

    said = capsys.readouterr().out
    assert said.startswith("would move libs/price to libs/cost\n--- README.md\n")
    assert "\n-import libs.price.fast  # quick\n" in said
    assert "\n+import libs.cost.fast  # quick\n" in said
    assert said.endswith(
        "To look at, since they still name libs/price:\n  tools/x/test_x.py:1\n"
    )
    assert (root / "services/shop/app.py").read_text() == FILES["services/shop/app.py"]
    assert (root / "libs/price").exists()


def test_a_refusal_is_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*PROGRAMS, "libs/nope", "libs/cost"]) == 1
    assert capsys.readouterr().err.startswith('"libs/nope": is no project.\nFix: ')
