"""Writes the site: one page for the repository, one for each file, style and script."""

import json
import os
import shutil
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

from tools.test_coverage.data.file_coverage import CoverageError, FileCoverage, Files
from tools.test_coverage.data.run import digest, pack
from tools.test_coverage.html.views import (
    Cell,
    Index,
    build_file,
    page_name,
    read_source,
)
from tools.test_coverage.pool import spread
from tools.test_coverage.report.floors import NEAR

_TEMPLATES = Path(__file__).parent / "templates"
_ASSETS = ("style.css", "page.js")
# Marks a folder as one that may be replaced, and says what each page was made of.
_MARK = ".coverage-page"


class SiteError(CoverageError):
    """The site can't be written."""


class Templates:
    """Renders pages to a folder, by the templates here and those of other folders."""

    def __init__(self, folder: Path, *others: Path) -> None:
        self._folder = folder
        self._templates = (*others, _TEMPLATES)

    @cached_property
    def _environment(self) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(self._templates),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )
        names: dict[str, Any] = environment.globals  # Any: Jinja's own type
        names |= {"floor": _floor_text, "link": _link, "near": f"{NEAR:g}"}
        return environment

    def write(self, template: str, name: str, **data: object) -> None:
        """Write one page."""
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        page = self._environment.get_template(template)
        text = page.render(root="../" * name.count("/"), **data)
        target.write_text(text, encoding="utf-8")


class FileWriter:
    """Writes the pages of files, one by one."""

    def __init__(self, folders: tuple[Path, Path]) -> None:
        """Take the folders of the sources and of the site."""
        self._root, folder = folders
        self._templates = Templates(folder)

    def __call__(self, named: tuple[str, FileCoverage]) -> None:
        """Write the page of a file."""
        path, coverage = named
        page = build_file(path, read_source(self._root, path), coverage)
        self._templates.write("file.html", page_name(path), page=page)


class Site:
    """A site that is written beside its place, and put there whole.

    A page that would be the same again is kept, not written.
    """

    def __init__(self, output: Path) -> None:
        """Make an empty folder to write to."""
        self.output = output
        self.folder = output.with_name(f".{output.name}.partial")
        mark = output / _MARK
        if output.exists() and not mark.exists():
            found = "a file" if output.is_file() else "a folder of other things"
            if output.is_file() or any(output.iterdir()):
                raise SiteError(
                    f"{output}: found {found}, wanted none or a coverage page.\n"
                    "Fix: name another folder by --output."
                )
        self._kept: dict[str, str] = {}
        try:
            self._kept.update(json.loads(mark.read_text(encoding="utf-8")))
        except OSError, ValueError:
            # There is none, or another program's.
            self._kept.clear()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for name in _ASSETS:
            # Not the link that a file in the runfiles is.
            (self.folder / name).write_bytes((_TEMPLATES / name).read_bytes())

    def write(self, files: Files, root: Path, index: Index) -> Path:
        """Write every page, put the site in its place and return its first page."""
        program = _program_digest()
        marks = {path: _digest(file, program) for path, file in files.items()}
        fresh = [
            (path, file)
            for path, file in files.items()
            if self._kept.get(path) != marks[path] or not self._keep(path)
        ]
        spread(fresh, FileWriter, (root, self.folder))
        Templates(self.folder).write("index.html", "index.html", index=index)
        (self.folder / _MARK).write_text(json.dumps(marks), encoding="utf-8")
        old = self.output.with_name(f".{self.output.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self.output.exists():
            os.replace(self.output, old)
        os.replace(self.folder, self.output)
        shutil.rmtree(old, ignore_errors=True)
        return self.output / "index.html"

    def _keep(self, path: str) -> bool:
        """Take over the page of a file from the site that is there; return if it was."""
        target = self.folder / page_name(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(self.output / page_name(path), target)
        except OSError:
            return False
        return True


def _digest(file: FileCoverage, program: str) -> str:
    return digest([program.encode(), json.dumps(pack(file)).encode()])


def _program_digest() -> str:
    files = [*Path(__file__).parent.glob("*.py"), *_TEMPLATES.iterdir()]
    return digest(path.read_bytes() for path in sorted(files))


def _link(path: str) -> str:
    return quote(page_name(path))


def _floor_text(cell: Cell) -> str:
    return "-" if cell.floor is None else f"{cell.floor:g} %"
