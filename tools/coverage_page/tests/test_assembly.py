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


class Checkout:
    """A checkout of two files whose page is written again and again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings = root / "pyproject.toml"
        self.settings.write_text("")
        self.arcs = {"a.py": "[[1,1]]", "b.py": "[[1,1]]"}
        for path in self.arcs:
            (root / path).write_text(SOURCE)

    def write_pages(self, *paths: str) -> dict[str, FileCoverage]:
        observations = Observations()
        for path in paths or self.arcs:
            observations.arcs[path] = {self.arcs[path]: ["//:one"]}
        site = Site(self.root / "site")
        site.begin()
        sources = Sources(self.root, self.settings)
        workshop = Workshop(sources, self.root / "counted", site.output)
        report = assemble(tasks(observations, observations.arcs), workshop)
        site.finish()
        return report

    def pages(self) -> dict[str, int]:
        """Return the pages by the file's number, which a page that is kept keeps."""
        files = self.root / "site" / "files"
        return {page.name: page.stat().st_ino for page in files.iterdir()}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_nothing_is_written_where_nothing_changed(checkout: Checkout) -> None:
    report, before = checkout.write_pages(), checkout.pages()

    assert checkout.write_pages() == report
    assert checkout.pages() == before


def test_edited_file_gets_a_new_page_and_count(checkout: Checkout) -> None:
    checkout.write_pages()
    before = checkout.pages()
    (checkout.root / "a.py").write_text(f"{SOURCE}\n\nmore = 1\n")

    report = checkout.write_pages()

    after = checkout.pages()
    assert report["a.py"].lines[7] == 0
    assert after["a.py.html"] != before["a.py.html"]
    assert after["b.py.html"] == before["b.py.html"]
    assert "more = " in (checkout.root / "site/files/a.py.html").read_text()


def test_other_arcs_give_a_new_page_and_count(checkout: Checkout) -> None:
    checkout.write_pages()
    before = checkout.pages()
    checkout.arcs["b.py"] = "[[1,1],[2,2]]"

    report = checkout.write_pages()

    after = checkout.pages()
    assert report["b.py"].lines[2] == 1
    assert after["b.py.html"] != before["b.py.html"]
    assert after["a.py.html"] == before["a.py.html"]


def test_page_that_was_removed_is_written_again(checkout: Checkout) -> None:
    report = checkout.write_pages()
    (checkout.root / "site/files/a.py.html").unlink()

    assert checkout.write_pages() == report
    assert set(checkout.pages()) == {"a.py.html", "b.py.html"}


def test_file_that_left_the_run_has_no_page(checkout: Checkout) -> None:
    checkout.write_pages()

    checkout.write_pages("a.py")

    assert set(checkout.pages()) == {"a.py.html"}
