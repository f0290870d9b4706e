"""One run of the program: gets a report, from Bazel or as it lies there."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.coverage_page import lcov
from tools.coverage_page.assembly import Workshop, assemble
from tools.coverage_page.bazel import Bazel
from tools.coverage_page.combine import SETTINGS, first_party
from tools.coverage_page.floors import Floors
from tools.coverage_page.observations import observe
from tools.coverage_page.pages import Site
from tools.coverage_page.records import FileCoverage
from tools.coverage_page.saved import (
    Carried,
    Point,
    SavedRun,
    carry,
    digest,
    load,
    point,
    save,
    with_point,
)
from tools.coverage_page.tasks import Sources, tasks
from tools.coverage_page.totals import by_scope, of_files
from tools.coverage_page.views import build_index

EVERYTHING = "//..."
_NAMED = 5


@dataclass(frozen=True)
class Request:
    """What to run, and where things lie."""

    workspace: Path
    targets: tuple[str, ...]
    flags: tuple[str, ...]
    saved: Path
    # Where the site goes; None for no site.
    site: Path | None
    # Whether what the last `bazel coverage` left is taken, and nothing is run.
    last: bool = False

    @property
    def is_partial(self) -> bool:
        """Whether targets are left out."""
        return EVERYTHING not in self.targets


@dataclass(frozen=True)
class Reported:
    """A report, and what a reader must know of it."""

    report: dict[str, FileCoverage]
    notices: tuple[str, ...]
    passed: bool
    time: int
    index: Path | None = None


def read_last(bazel: Bazel) -> Reported:
    """Return the report that `bazel coverage` wrote last, as it is."""
    outputs = bazel.outputs()
    report = lcov.read(outputs.combined.read_text(), str(outputs.combined))
    written = int(outputs.combined.stat().st_mtime)
    return Reported(report, tuple(silence(outputs.silent())), True, written)


def run_tests(bazel: Bazel, request: Request, floors: Floors) -> Reported:
    """Run the tests and return their report, with what is carried forward."""
    passed = request.last or bazel.coverage([*request.flags, *request.targets])
    outputs = bazel.outputs()
    observations = observe(outputs.reports)
    saved = load(request.saved)
    carried = Carried()
    if saved and request.is_partial:
        carried = carry(observations, saved, request.workspace)
    notices = (*silence(outputs.silent()), *carried_forward(request, saved, carried))
    paths = first_party(observations)
    site = Site(request.site) if request.site else None
    if site:
        site.begin()
    workshop = Workshop(
        Sources(request.workspace, SETTINGS),
        request.saved.with_name("counted.json"),
        request.site,
    )
    report = assemble(tasks(observations, paths), workshop)
    commit = _commit(request.workspace)
    history = with_point(saved.history if saved else (), _point(report, commit))
    digests = {path: digest(request.workspace / path) for path in observations.paths()}
    save(request.saved, SavedRun(observations, digests, history))
    now = history[-1].time
    index = None
    if site:
        shown = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
        about = {
            "commit": commit,
            "time": shown,
            "tests": str(len(observations.tests)),
            "unmeasured": ", ".join(outputs.unmeasured()),
        }
        site.write_index(build_index(report, floors, history, notices, about))
        index = site.finish()
    return Reported(report, notices, passed, now, index)


def _point(report: dict[str, FileCoverage], commit: str) -> Point:
    scopes = {
        scope: of_files(files.values()) for scope, files in by_scope(report).items()
    }
    return point(commit, int(time.time()), of_files(report.values()), scopes)


def silence(tests: Sequence[str]) -> list[str]:
    """Say which tests failed and left nothing."""
    if not tests:
        return []
    return [
        f"{_some(tests)} left no coverage: failed. What only such tests run counts as "
        "never run."
    ]


def carried_forward(
    request: Request, saved: SavedRun | None, carried: Carried
) -> list[str]:
    """Say what of a run over some targets is older."""
    if not request.is_partial:
        return []
    ran = " ".join(request.targets)
    if not saved:
        return [f"Only {ran} ran, and no run was saved before: the rest is missing."]
    said = [
        f"Only {ran} ran: {len(carried.tests)} other tests are of the last saved run."
    ]
    if carried.changed:
        said.append(
            f"{_some(sorted(carried.changed))} changed since: what other tests ran of "
            "it is left out."
        )
    return said


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _commit(workspace: Path) -> str:
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "rev-parse", "--verify", "HEAD"],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "none"


def default_folder(workspace: Path) -> Path:
    """Return where this checkout's page and saved run are kept."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = str(workspace).strip("/").replace("/", "-")
    return cache / "monorepo" / "coverage" / name
