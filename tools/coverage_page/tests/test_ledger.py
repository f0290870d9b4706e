"""Tests that a count is recalled exactly where nothing that it depends on changed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tools.coverage_page.ledger import Ledger, counted
from tools.coverage_page.records import Branch, FileCoverage, Function
from tools.coverage_page.tasks import Sources, Task

COVERAGE = FileCoverage(
    {1: 2, 3: 0},
    {Branch(1, 0, 3): 1, Branch(1, 0, 0): 0},
    {Function(1, "f"): 2, Function(3, "g@3"): 0},
)
TASK = Task("m.py", ("[[1,1]]",), (("//:a", "//:b"),), FileCoverage())


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    (tmp_path / "m.py").write_text("a = 1\n")
    (tmp_path / "pyproject.toml").write_text("")
    return Sources(tmp_path, tmp_path / "pyproject.toml")


@pytest.fixture
def path(tmp_path: Path, sources: Sources) -> Path:
    """Return a ledger that knows the task."""
    ledger = Ledger(tmp_path / "ledger.json", sources)
    assert ledger.recall(TASK) is None
    ledger.note(TASK, COVERAGE)
    ledger.save()
    return tmp_path / "ledger.json"


def test_same_file_is_recalled_as_it_was(path: Path, sources: Sources) -> None:
    assert Ledger(path, sources).recall(TASK) == COVERAGE


@pytest.mark.parametrize(
    "task",
    [
        replace(TASK, arcs=("[[1,1],[1,2]]",)),
        replace(TASK, tests=(("//:a",),)),
        replace(TASK, tests=(("//:a", "//:c"),)),
        replace(TASK, record=FileCoverage({1: 1})),
        replace(TASK, path="n.py"),
    ],
)
def test_other_tests_or_arcs_are_not_recalled(
    path: Path, sources: Sources, task: Task
) -> None:
    (sources.root / "n.py").write_text("a = 1\n")

    assert Ledger(path, sources).recall(task) is None


def test_edited_source_is_not_recalled(path: Path, sources: Sources) -> None:
    (sources.root / "m.py").write_text("a = 2\n")

    assert Ledger(path, sources).recall(TASK) is None


def test_other_settings_recall_nothing(path: Path, sources: Sources) -> None:
    sources.settings.write_text("[tool.coverage.report]\nexclude_also = ['a']\n")

    assert Ledger(path, sources).recall(TASK) is None


def test_other_program_recalls_nothing(
    path: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "program"
    program.mkdir()
    (program / "analysis.py").write_text("# another way to count\n")
    monkeypatch.setattr("tools.coverage_page.ledger._PROGRAM", program)

    assert Ledger(path, sources).recall(TASK) is None


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"m.py": null}'])
def test_unreadable_ledger_is_as_good_as_none(
    path: Path, sources: Sources, text: str
) -> None:
    path.write_text(text)

    assert Ledger(path, sources).recall(TASK) is None


def test_only_what_is_not_recalled_is_counted(path: Path, sources: Sources) -> None:
    other = replace(TASK, path="other.py")
    asked: list[str] = []

    def count(fresh: Sequence[Task]) -> list[FileCoverage]:
        asked.extend(task.path for task in fresh)
        return [FileCoverage({7: 7}) for _ in fresh]

    got = counted([other, TASK], Ledger(path, sources), count)

    assert asked == ["other.py"]
    assert list(got.items()) == [("other.py", FileCoverage({7: 7})), ("m.py", COVERAGE)]


def test_file_whose_page_is_gone_is_counted_again(path: Path, sources: Sources) -> None:
    again = FileCoverage({1: 9})

    got = counted([TASK], Ledger(path, sources), lambda _: [again], lambda _: False)

    assert got == {"m.py": again}


def test_file_that_left_the_run_is_forgotten(path: Path, sources: Sources) -> None:
    ledger = Ledger(path, sources)
    counted([], ledger, lambda _: [])
    ledger.save()

    assert Ledger(path, sources).recall(TASK) is None
