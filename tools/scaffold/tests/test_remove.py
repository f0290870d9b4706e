"""Tests of what a project leaves when it is taken out, and of when it isn't."""

from pathlib import Path

import pytest

from tools.scaffold.mentions import Project
from tools.scaffold.projects import RefusedError
from tools.scaffold.remove import main, plan
from tools.scaffold.tests.trees import FILES, lay_out

PROGRAMS = ("--ruff=ruff", "--buildifier=buildifier", "--buildozer=buildozer")
# Without the service nobody uses the library.
UNUSED = {path: text for path, text in FILES.items() if "shop" not in path}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    return tmp_path


def test_who_uses_it_is_named_and_nothing_happens(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(root, FILES | {"ci/run": "# libs/price\ntest //libs/price/...\n"})

    assert main([*PROGRAMS, "libs/price"]) == 1

    assert capsys.readouterr().err == (
        "libs/price is still used:\n"
        "  ci/run:2: names libs/price\n"
        "  services/shop/BUILD.bazel:1: names //libs/price\n"
        "  services/shop/BUILD.bazel:2: names //libs/price:price\n"
        "  services/shop/BUILD.bazel:2: names //libs/price:fast\n"
        "  services/shop/app.py:2: imports libs.price.fast\n"
        "  services/shop/app.py:3: imports libs.price\n"
        "  services/shop/app.py:4: imports libs.price\n"
        "  services/shop/app.py:5: imports libs.price.cents\n"
        "Fix: take these out first, and //:fix what they leave.\n"
    )
    assert (root / "coverage.toml").read_text() == FILES["coverage.toml"]
    assert (root / "libs/price/cents.py").exists()


def test_rows_floors_grants_settings_and_distributions_go(root: Path) -> None:
    lay_out(root, UNUSED | {"CODEOWNERS": "/libs/price/ @money\n/libs/ @all\n"})

    _, left = plan(root, [Project("libs/price")])

    assert left["README.md"].startswith("| `libs/cash` | coins |\n| `tools/` | tools |")
    assert left["coverage.toml"] == (
        '[floor]\nlines = 80\n\n[floor."services/shop"]\nlines = 95\n'
    )
    assert left["CODEOWNERS"] == "/libs/ @all\n"
    assert left["libs/cash/BUILD.bazel"] == (
        "package_group(\n"
        '    name = "users",\n'
        "    packages = [\n"
        '        "//libs/cash/...",\n'
        "    ],\n"
        ")\n\n"
        'py_library(name = "cash", visibility = [":users"])\n'
    )
    assert left["tools/policy/defs.bzl"] == (
        'FOLDERS = {\n    "numpy": struct(folders = ["libs/cash"]),\n}\n'
    )
    assert left["requirements.in"] == "# What libs/price takes is named here.\n"
    assert not [path for path in left if path.startswith("libs/price/")]


def test_what_module_bazel_names_is_used(root: Path) -> None:
    extension = 'use_extension("//libs/price:x.bzl", "x")\n'
    lay_out(root, UNUSED | {"MODULE.bazel": extension})

    with pytest.raises(RefusedError, match=r"MODULE.bazel:1: names libs/price"):
        plan(root, [Project("libs/price")])


def test_a_distribution_that_others_use_stays(root: Path) -> None:
    lay_out(
        root, UNUSED | {"tools/x/BUILD.bazel": 'x(deps = ["@pip//scikit_learn"])\n'}
    )

    _, left = plan(root, [Project("libs/price")])

    assert left["requirements.in"].splitlines()[1:] == ["scikit-learn>=1 # fits"]


def test_a_group_that_another_shows_itself_by_is_used(root: Path) -> None:
    shown = 'py_library(name = "x", visibility = ["//libs/price:users"])\n'
    lay_out(root, UNUSED | {"libs/x/BUILD.bazel": shown})

    with pytest.raises(
        RefusedError, match=r"libs/x/BUILD.bazel:1: names //libs/price:users"
    ):
        plan(root, [Project("libs/price")])


def test_what_git_could_not_bring_back_stays(root: Path) -> None:
    lay_out(root, UNUSED)
    (root / "libs/price/cents.py").write_text("NAME = 1\n")

    with pytest.raises(
        RefusedError, match=r"^libs/price/cents.py: differs from the last"
    ):
        plan(root, [Project("libs/price")])


def test_a_file_that_is_no_starlark_is_named(root: Path) -> None:
    lay_out(root, UNUSED | {"tools/y/BUILD.bazel": "x(  # libs/price\n"})

    with pytest.raises(RefusedError, match=r"tools/y/BUILD.bazel:1: .*\nFix: correct"):
        plan(root, [Project("libs/price")])


def test_dry_run_prints_the_diff(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(root, UNUSED)

    assert main([*PROGRAMS, "--dry-run", "libs/price"]) == 0

    said = capsys.readouterr().out
    assert said.startswith("would remove libs/price\n--- README.md\n")
    assert "-| `libs/price` | prices |\n" in said
    assert said.endswith(
        "To look at, since they still name libs/price:\n  README.md:4\n"
        "  libs/cash/cash.py:1\n  requirements.in:1\n"
        "  tools/policy/tests/defs_test.bzl:2\n  tools/x/test_x.py:1\n"
    )
    assert (root / "libs/price").exists()
    assert (root / "coverage.toml").read_text() == FILES["coverage.toml"]


def test_a_library_goes_together_with_its_only_user(root: Path) -> None:
    lay_out(root)

    before, left = plan(root, [Project("libs/price"), Project("services/shop")])

    assert left["coverage.toml"] == "[floor]\nlines = 80\n\n"
    assert not [path for path in before if path.startswith(("libs/price", "services"))]


def test_a_test_in_starlark_uses_what_it_loads(root: Path) -> None:
    load = 'load("//libs/price:defs.bzl", "x")\n'
    lay_out(root, UNUSED | {"tools/policy/tests/defs_test.bzl": load})

    with pytest.raises(RefusedError, match=r"names //libs/price:defs\.bzl"):
        plan(root, [Project("libs/price")])
