"""Tests of how rows are measured; the tools themselves are not started."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tools.bench.peers import rows, workspace
from tools.bench.tests.recorded import Recorded


class Quiet(workspace.Peers):
    """Keeps the commands and runs none."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, root)
        self.commands: list[tuple[str, ...]] = []

    def run(self, *command: str, folder: Path | None = None) -> str:
        """Record a command."""
        del folder
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

    def cost(call: Callable[[], object], folders: Sequence[Path]) -> float:
        assert folders == (sides.ours.output_base, sides.theirs.root)
        call()
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
    assert own.samples == (2.0, 2.0)
    assert ratio.name == "edit / Nx"
    assert ratio.samples == (0.5, 0.5)
    assert ratio.budget == 1


def test_every_row_compares_with_tools_that_it_calls(sides: rows.Sides) -> None:
    for row in rows.rows(sides):
        assert row.budgets
        assert set(row.budgets) | {"ours"} <= set(row.calls)


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
