"""Tests that many processes do what one does."""

from pathlib import Path

import pytest

from tools.coverage_page import workers
from tools.coverage_page.assembly import Workshop, assemble
from tools.coverage_page.observations import Observations
from tools.coverage_page.pages import Site
from tools.coverage_page.records import FileCoverage
from tools.coverage_page.tasks import Sources, tasks

SOURCE = "def f(x):\n    if x:\n        return 1\n    return 2\n"


def test_pool_gives_what_one_process_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "pyproject.toml"
    settings.write_text("")
    paths = [f"libs/{number}.py" for number in range(30)]
    observations = Observations()
    for number, path in enumerate(paths):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(SOURCE * (number + 1))
        observations.arcs[path] = {"[[1,1],[2,2],[2,4],[4,4]]": ["//:one", "//:two"]}
    work = tasks(observations, paths)
    site = Site(tmp_path / "site")
    site.begin()

    alone = assemble(
        work, Workshop(Sources(tmp_path, settings), tmp_path / "counted", None)
    )
    monkeypatch.setattr(workers, "_ALONE", 1)
    together = assemble(
        work, Workshop(Sources(tmp_path, settings), tmp_path / "counted", site.output)
    )

    assert together == alone
    assert list(together) == paths
    assert together["libs/0.py"].lines == {1: 2, 2: 2, 3: 0, 4: 2}
    assert len(list(site.folder.rglob("*.html"))) == 30


def test_file_of_another_language_keeps_its_record(tmp_path: Path) -> None:
    (tmp_path / "x.rs").write_text("fn main() {}\n")
    record = FileCoverage({1: 7})
    observations = Observations(records={"x.rs": record})
    settings = tmp_path / "pyproject.toml"
    settings.write_text("")

    got = assemble(
        tasks(observations, ["x.rs"]),
        Workshop(Sources(tmp_path, settings), tmp_path / "counted", None),
    )

    assert got == {"x.rs": record}
