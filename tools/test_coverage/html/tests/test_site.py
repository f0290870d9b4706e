"""Tests of writing the site."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tools.test_coverage import pool
from tools.test_coverage.data.file_coverage import FileCoverage, Group
from tools.test_coverage.data.run import Point, Run
from tools.test_coverage.html.site import Site, SiteError
from tools.test_coverage.html.views import build_index
from tools.test_coverage.report.floors import Floors

EVIL = "<script>alert(1)</script>"
REPORT = {
    "libs/a/x.py": FileCoverage({1: 1}),
    "libs/a/#?&%<y>.py": FileCoverage({1: 0}),
}
RUN = Run(REPORT, history=(Point(EVIL, 0, 1, 2, 0, 0),))


def write(output: Path) -> Path:
    root = output.parent / "sources"
    for path in REPORT:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f'a = "{EVIL}"\n')
    return Site(output).write(REPORT, root, build_index(RUN, Floors(), [EVIL]))


def test_everything_is_escaped(tmp_path: Path) -> None:
    index = write(tmp_path / "site")

    pages = [index, *index.parent.glob("files/**/*.html")]
    assert len(pages) == 3
    for page in pages:
        text = page.read_text()
        assert EVIL not in text
        assert "&lt;script&gt;" in text


def test_site_is_self_contained(tmp_path: Path) -> None:
    index = write(tmp_path / "site")

    for page in index.parent.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#][^"]*)"', page.read_text()):
            assert "//" not in link
    for asset in ("style.css", "page.js"):
        text = (index.parent / asset).read_text()
        assert not (index.parent / asset).is_symlink()
        assert "http" not in text


def test_links_lead_to_pages(tmp_path: Path) -> None:
    index = write(tmp_path / "site")

    links = set(re.findall(r'href="(files/[^"#]+)', index.read_text()))
    assert len(links) == 2
    for link in links:
        page = index.parent / unquote(link)
        assert page.exists()
        (up,) = re.findall(r'href="([./]+index.html)"', page.read_text())
        assert (page.parent / up).resolve() == index.resolve()


def test_pages_that_are_gone_do_not_stay(tmp_path: Path) -> None:
    index = write(tmp_path / "site")
    stale = index.parent / "files" / "stale.html"
    stale.write_text("")

    write(tmp_path / "site")

    assert not stale.exists()
    assert {entry.name for entry in tmp_path.iterdir()} == {"site", "sources"}


def test_folder_of_other_things_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files/thesis.txt").write_text("years of work")

    with pytest.raises(SiteError, match="found a folder of other things"):
        write(tmp_path / "files")

    assert (tmp_path / "files/thesis.txt").read_text() == "years of work"


def test_empty_folder_is_taken(tmp_path: Path) -> None:
    output = tmp_path / "site"
    output.mkdir()

    assert write(output).exists()


class Pages:
    """A checkout of two files whose site is written again and again."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "sources"
        self.root.mkdir()
        self.output = folder / "site"
        self.files = {
            name: FileCoverage({1: 1}, source=name) for name in ("a.py", "b.py")
        }
        for name in self.files:
            (self.root / name).write_text("a = 1\n")

    def write(self) -> dict[str, int]:
        """Return the pages by the file's number, which a page that is kept keeps."""
        index = build_index(Run(self.files, history=RUN.history), Floors())
        Site(self.output).write(self.files, self.root, index)
        folder = self.output / "files"
        return {page.name: page.stat().st_ino for page in folder.iterdir()}


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    return Pages(tmp_path)


def test_nothing_is_written_where_nothing_changed(pages: Pages) -> None:
    assert pages.write() == pages.write()


@pytest.mark.parametrize(
    "changed",
    [
        FileCoverage({1: 2}, source="a.py"),
        FileCoverage({1: 1}, source="edited"),
        FileCoverage(
            {1: 1},
            groups=(Group(("//:t",), frozenset({1}), frozenset()),),
            source="a.py",
        ),
    ],
)
def test_changed_file_gets_a_new_page(pages: Pages, changed: FileCoverage) -> None:
    before = pages.write()
    pages.files["a.py"] = changed

    after = pages.write()

    assert after["a.py.html"] != before["a.py.html"]
    assert after["b.py.html"] == before["b.py.html"]


def test_page_that_was_removed_is_written_again(pages: Pages) -> None:
    pages.write()
    (pages.output / "files/a.py.html").unlink()

    assert set(pages.write()) == {"a.py.html", "b.py.html"}


def test_file_that_left_the_run_has_no_page(pages: Pages) -> None:
    pages.write()
    del pages.files["b.py"]

    assert set(pages.write()) == {"a.py.html"}


def test_mark_that_cannot_be_read_keeps_nothing(pages: Pages) -> None:
    before = pages.write()
    (pages.output / ".coverage-page").write_text("")

    after = pages.write()

    assert all(after[name] != before[name] for name in before)


def test_pool_writes_every_page(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_ALONE", 1)

    assert set(pages.write()) == {"a.py.html", "b.py.html"}
