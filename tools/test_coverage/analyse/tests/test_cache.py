"""Tests that a file is analysed exactly where something that it depends on changed."""

from pathlib import Path

import pytest

from tools.test_coverage import pool
from tools.test_coverage.analyse import cache
from tools.test_coverage.analyse.analyser import Analyser
from tools.test_coverage.analyse.cache import analyse
from tools.test_coverage.analyse.raw_coverage import RawFile, Sources
from tools.test_coverage.data.file_coverage import FileCoverage, Files

SOURCE = "def f(x):\n    if x:\n        return 1\n    return 2\n"
ONE = "[[1,1],[2,2],[2,4],[4,4]]"
RAW = {"m.py": RawFile({ONE: ["//:a", "//:b"]})}


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    for name in ("m.py", "n.py"):
        (tmp_path / name).write_text(SOURCE)
    (tmp_path / "pyproject.toml").write_text("")
    return Sources(tmp_path, tmp_path / "pyproject.toml")


@pytest.fixture
def before(sources: Sources) -> Files:
    """Return what the first run made of the file."""
    return analyse(RAW, sources, {})


@pytest.fixture
def analysed(before: Files, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the files that are analysed from now on, as they come."""
    assert before
    paths: list[str] = []
    call = Analyser.__call__

    def recorded(self: Analyser, named: tuple[str, RawFile]) -> FileCoverage:
        paths.append(named[0])
        return call(self, named)

    monkeypatch.setattr(Analyser, "__call__", recorded)
    return paths


def test_same_file_is_not_analysed_again(
    sources: Sources, before: Files, analysed: list[str]
) -> None:
    assert analyse(RAW, sources, before) == before
    assert analysed == []


@pytest.mark.parametrize(
    "file",
    [
        RawFile({"[[1,1],[1,2]]": ["//:a", "//:b"]}),
        RawFile({ONE: ["//:a"]}),
        RawFile({ONE: ["//:a", "//:c"]}),
        RawFile({ONE: ["//:a", "//:b"]}, FileCoverage({1: 1})),
    ],
)
def test_other_tests_or_arcs_are_analysed(
    sources: Sources, before: Files, analysed: list[str], file: RawFile
) -> None:
    analyse({"m.py": file}, sources, before)

    assert analysed == ["m.py"]


def test_edited_source_is_analysed(
    sources: Sources, before: Files, analysed: list[str]
) -> None:
    (sources.root / "m.py").write_text(f"{SOURCE}\n\nmore = 1\n")

    got = analyse(RAW, sources, before)

    assert analysed == ["m.py"]
    assert got["m.py"].lines[7] == 0
    assert got["m.py"].source != before["m.py"].source


def test_other_settings_analyse_everything(
    sources: Sources, before: Files, analysed: list[str]
) -> None:
    sources.settings.write_text("[tool.coverage.report]\nexclude_also = ['a']\n")

    analyse(RAW, sources, before)

    assert analysed == ["m.py"]


def test_other_program_analyses_everything(
    sources: Sources,
    before: Files,
    analysed: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (sources.root / "program/analyse").mkdir(parents=True)
    (sources.root / "program/analyse/analyser.py").write_text(
        "# another way to count\n"
    )
    monkeypatch.setattr(cache, "_PROGRAM", sources.root / "program")

    analyse(RAW, sources, before)

    assert analysed == ["m.py"]


def test_only_what_changed_is_analysed_and_files_keep_their_order(
    sources: Sources, before: Files, analysed: list[str]
) -> None:
    got = analyse({"n.py": RawFile(), **RAW}, sources, before)

    assert analysed == ["n.py"]
    assert list(got) == ["n.py", "m.py"]
    assert got["m.py"] == before["m.py"]


def test_pool_gives_what_one_process_gives(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = {f"{number}.py": RawFile({ONE: ["//:a"]}) for number in range(30)}
    for number, path in enumerate(raw):
        (sources.root / path).write_text(SOURCE * (number + 1))

    alone = analyse(raw, sources, {})
    monkeypatch.setattr(pool, "_ALONE", 1)
    together = analyse(raw, sources, {})

    assert together == alone
    assert list(together) == list(raw)
    assert together["0.py"].lines == {1: 1, 2: 1, 3: 0, 4: 1}


def test_file_of_another_language_keeps_its_counts(sources: Sources) -> None:
    (sources.root / "x.rs").write_text("fn main() {}\n")

    got = analyse({"x.rs": RawFile(other=FileCoverage({1: 7}))}, sources, {})

    assert got["x.rs"].lines == {1: 7}
