"""Tests of writing the site."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tools.coverage_page.floors import Floors
from tools.coverage_page.pages import PagesError, Site
from tools.coverage_page.records import FileCoverage
from tools.coverage_page.views import build_file, build_index

EVIL = "<script>alert(1)</script>"
REPORT = {
    "libs/a/x.py": FileCoverage({1: 1}),
    "libs/a/#?&%<y>.py": FileCoverage({1: 0}),
}
ABOUT = {"commit": EVIL, "time": "now", "tests": "1"}


def write(site: Site) -> Path:
    site.begin()
    for path, coverage in REPORT.items():
        site.write_file(build_file(path, f'a = "{EVIL}"\n', coverage))
    site.write_index(build_index(REPORT, Floors(), [], [EVIL], ABOUT))
    return site.finish()


def test_everything_is_escaped(tmp_path: Path) -> None:
    index = write(Site(tmp_path / "site"))

    pages = [index, *index.parent.glob("files/**/*.html")]
    assert len(pages) == 3
    for page in pages:
        text = page.read_text()
        assert EVIL not in text
        assert "&lt;script&gt;" in text


def test_site_is_self_contained(tmp_path: Path) -> None:
    index = write(Site(tmp_path / "site"))

    for page in index.parent.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#][^"]*)"', page.read_text()):
            assert "//" not in link
    for asset in ("style.css", "page.js"):
        text = (index.parent / asset).read_text()
        assert not (index.parent / asset).is_symlink()
        assert "http" not in text


def test_links_lead_to_pages(tmp_path: Path) -> None:
    index = write(Site(tmp_path / "site"))

    links = re.findall(r'href="(files/[^"]+)"', index.read_text())
    assert len(links) == 2
    for link in links:
        page = index.parent / unquote(link)
        assert page.exists()
        (up,) = re.findall(r'href="([./]+index.html)"', page.read_text())
        assert (page.parent / up).resolve() == index.resolve()


def test_pages_that_are_gone_do_not_stay(tmp_path: Path) -> None:
    index = write(Site(tmp_path / "site"))
    stale = index.parent / "files" / "stale.html"
    stale.write_text("")

    write(Site(tmp_path / "site"))

    assert not stale.exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


def test_folder_of_other_things_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(PagesError, match="found a folder of other things"):
        write(Site(tmp_path))

    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_empty_folder_is_taken(tmp_path: Path) -> None:
    output = tmp_path / "site"
    output.mkdir()

    assert write(Site(output)).exists()
