"""Writes the site: one page for the repository, one for each file, style and script."""

import os
import shutil
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

from tools.coverage_page.records import CoverageError
from tools.coverage_page.views import Cell, FilePage, Index, page_name

_TEMPLATES = Path(__file__).parent / "site"
_ASSETS = ("style.css", "page.js")
# Marks a folder as one that may be replaced.
_MARK = ".coverage-page"


class PagesError(CoverageError):
    """The site can't be written."""


class Site:
    """A site that is written beside its place, and put there whole.

    A page that would be the same again is kept, not written.
    """

    def __init__(self, output: Path) -> None:
        """Take the place of the site."""
        self.output = output
        self.folder = output.with_name(f".{output.name}.partial")
        # Says that the folder is a site, and what its pages were made of.
        self.mark = output / _MARK

    @cached_property
    def _environment(self) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )
        names: dict[str, Any] = environment.globals  # Any: Jinja's own type
        names |= {"floor": _floor_text, "link": _link}
        return environment

    @cached_property
    def _file(self) -> jinja2.Template:
        return self._environment.get_template("file.html")

    def begin(self) -> None:
        """Make an empty folder to write to."""
        if self.output.exists() and not self.mark.exists():
            found = "a file" if self.output.is_file() else "a folder of other things"
            if self.output.is_file() or any(self.output.iterdir()):
                raise PagesError(
                    f"{self.output}: found {found}, wanted none or a coverage page.\n"
                    "Fix: name another folder by --output."
                )
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / _MARK).touch()
        for name in _ASSETS:
            # Not the link that a file in the runfiles is.
            (self.folder / name).write_bytes((_TEMPLATES / name).read_bytes())

    def keep(self, path: str) -> bool:
        """Take over the page of a file from the site that is there; return if it was."""
        target = self.folder / page_name(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(self.output / page_name(path), target)
        except OSError:
            return False
        return True

    def write_file(self, page: FilePage) -> None:
        """Write the page of one file."""
        target = self.folder / page_name(page.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        root = "../" * page_name(page.path).count("/")
        target.write_text(self._file.render(page=page, root=root), encoding="utf-8")

    def write_index(self, index: Index) -> None:
        """Write the page of the repository."""
        template = self._environment.get_template("index.html")
        text = template.render(index=index, root="")
        (self.folder / "index.html").write_text(text, encoding="utf-8")

    def finish(self) -> Path:
        """Put the site in its place and return its first page."""
        old = self.output.with_name(f".{self.output.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self.output.exists():
            os.replace(self.output, old)
        os.replace(self.folder, self.output)
        shutil.rmtree(old, ignore_errors=True)
        return self.output / "index.html"


def _link(path: str) -> str:
    return quote(page_name(path))


def _floor_text(cell: Cell) -> str:
    return "-" if cell.floor is None else f"{cell.floor:g} %"
