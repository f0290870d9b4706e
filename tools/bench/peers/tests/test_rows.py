"""Tests of how rows are measured; the tools themselves are not started."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.bench.peers import rows, workspace
from tools.bench.tests.recorded import Recorded


class Quiet(workspace.Peers):
    """Keeps the commands and runs none."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, root)
        self.commands: list[tuple[str, ...]] = []

    def run(self, *command: str) -> str:
        """Record a command."""
        self.commands.append(command)
        return ""


@pytest.fixture
def sides(tmp_path: Path) -> rows.Sides:
    """Give both trees, in which nothing is started."""
    return rows.Sides(Recorded(tmp_path / "ours"), Quiet(tmp_path / "theirs"))


def test_each_round_begins_with_another_tool_and_follows_a_change(
    sides: rows.Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    took = {"ours": 2.0, "Nx": 4.0}
    folders: dict[str, Path] = {}

    def cost(call: Callable[[], object], folder: Path) -> float:
        call()
        folders[said[-1]] = folder
        return took[said[-1]]

    monkeypatch.setattr(rows, "processor_seconds", cost)
    row = rows.Row(
        "edit",
        lambda: said.append("change"),
        {tool: (lambda tool=tool: said.append(tool)) for tool in took},
        {"Nx": 1},
        rounds=2,
    )

    own, ratio = rows.compared(row, sides)

    # Both are warm before the first is measured.
    assert said[:2] == ["ours", "Nx"]
    assert said[2::2] == ["change"] * 4
    assert said[3::2] == ["ours", "Nx", "Nx", "ours"]
    assert folders == {
        "ours": sides.ours.output_base,
        "Nx": sides.theirs.root / "node_modules/nx",
    }
    assert own.samples == (2.0, 2.0)
    assert ratio.name == "edit / Nx"
    assert ratio.samples == (0.5, 0.5)
    assert ratio.budget == 1


def test_every_row_compares_with_tools_that_it_calls(sides: rows.Sides) -> None:
    for row in rows.rows(sides):
        assert row.budgets
        assert set(row.budgets) | {"ours"} <= set(row.calls)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Give a copy of a repository, beside which four libraries are compared and no tool is started."""
    for name, value in {"LIBRARIES": 4, "LEAF": 3, "BETWEEN": 2}.items():
        monkeypatch.setattr(rows, name, value)
    monkeypatch.setenv("UV_FILES", "uv/data.txt uv/bin/uv")
    monkeypatch.setattr(rows, "Peers", lambda root, _: Quiet(root))
    monkeypatch.setattr(rows, "Checkout", lambda folder, _: Recorded(folder))
    checkout = Recorded(tmp_path / "copy")
    settings = checkout.source / "pyproject.toml"
    settings.write_text("[tool.black]\nline-length = 88\n")
    return checkout


def test_every_row_is_measured_on_both_sides(
    small: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: set[Path] = set()

    def cost(call: Callable[[], object], folder: Path) -> float:
        folders.add(folder)
        call()
        return 2.0

    monkeypatch.setattr(rows, "processor_seconds", cost)

    found = {figure.name: figure for figure in rows.peers(small)}

    assert {name.split(" / ")[0].split(", proc")[0] for name in found} >= {
        "cold, tests",
        "no-op",
        "leaf edit",
        "affected listing",
    }
    assert found["leaf edit / Nx"].samples == (1.0,) * rows.ROUNDS
    assert found["fresh clone, wall"].budget == 15
    assert len(found["fresh clone / uv and Nx"].samples) == rows.ROUNDS
    assert ("clean",) in small.calls
    installed = small.root.parent / "peers/workspace/node_modules"
    assert folders == {small.output_base, installed / "nx", installed / "@moonrepo"}
    leaf = small.root / "tools/peers/p0003/core.py"
    assert "value + 3 + " in leaf.read_text()


def test_a_workspace_has_each_library_as_a_project_with_every_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_FILES", "uv/bin/uv")
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 88\n")
    theirs = Quiet(tmp_path / "theirs")

    theirs.create(3, tmp_path)

    project = tomllib.loads((theirs.root / "pyproject.toml").read_text())
    assert project["project"]["dependencies"] == ["p0000", "p0001", "p0002"]
    nx = json.loads((theirs.root / "packages/p0002/project.json").read_text())
    assert set(nx["targets"]) == set(workspace.TASKS)
    assert nx["implicitDependencies"] == ["p0000"]
    assert [command[0].rpartition("/")[2] for command in theirs.commands] == [
        *("uv", "npm", "git", "git", "git")
    ]


def test_a_tool_that_fails_ends_the_measuring_with_what_it_said(tmp_path: Path) -> None:
    theirs = workspace.Peers(tmp_path, tmp_path)

    assert theirs.run("echo", "said") == "said\n"
    with pytest.raises(SystemExit, match="false failed"):
        theirs.run("false")


def test_settings_of_formatters_and_linters_are_those_of_the_repository() -> None:
    text = (
        "[tool.black]\nline-length = 88\n\n[tool.ruff]\nline-length = 88\n\n"
        '[tool.ruff.lint]\nselect = ["E"]\n\n[tool.pyrefly]\npreset = "strict"\n'
    )

    kept = workspace.settings_of(text)

    assert "[tool.black]\nline-length = 88" in kept
    assert '[tool.ruff]\nsrc = ["packages/*/src"]\nline-length = 88' in kept
    assert 'select = ["E"]' in kept
    assert "pyrefly" not in kept
