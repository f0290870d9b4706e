"""Runs tests, carries forward what others ran before, and writes the page."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tools.test_coverage.analyse.carry import Carried, carry
from tools.test_coverage.analyse.raw_coverage import Sources
from tools.test_coverage.data.run import Run, load, save, with_point
from tools.test_coverage.html.site import Site
from tools.test_coverage.html.views import build_index
from tools.test_coverage.outputs import last_run, run_tests
from tools.test_coverage.report.floors import Floors
from tools.workspace.bazel import Bazel
from tools.workspace.git import GitError, git

EVERYTHING = "//..."
_NAMED = 5


@dataclass(frozen=True)
class Request:
    """What to run, and where the run is kept."""

    targets: tuple[str, ...]
    flags: tuple[str, ...]
    saved: Path
    # Whether the last run is taken as it is.
    last: bool = False

    @property
    def is_partial(self) -> bool:
        """Whether targets are left out."""
        return EVERYTHING not in self.targets


@dataclass(frozen=True)
class Result:
    """A run, what a reader must know of it, and whether its tests passed."""

    run: Run
    notices: tuple[str, ...]
    passed: bool = True


def new_run(bazel: Bazel, request: Request) -> Result:
    """Run the tests, and keep their run with what is carried forward."""
    if request.last:
        run, passed = last_run(bazel), True
    else:
        run, passed = run_tests(bazel, [*request.flags, *request.targets])
    saved = load(request.saved)
    carried = Carried(replace(run, history=saved.history if saved else ()))
    if saved and request.is_partial:
        carried = carry(run, saved, Sources(bazel.root))
    history = with_point(carried.run, commit_of(bazel.root))
    kept = replace(carried.run, history=history)
    save(request.saved, kept)
    notices = [*silence(run.failed), *carried_forward(request, saved, carried)]
    return Result(kept, tuple(notices), passed)


def write_page(result: Result, output: Path, root: Path, floors: Floors) -> Path:
    """Write the site of a run and return its first page."""
    index = build_index(result.run, floors, result.notices)
    return Site(output).write(result.run.files, root, index)


def silence(tests: Sequence[str]) -> list[str]:
    """Say which tests failed and left nothing."""
    if not tests:
        return []
    return [
        f"{_some(tests)} left no coverage: failed. What only such tests run counts as "
        "never run."
    ]


def carried_forward(request: Request, saved: Run | None, carried: Carried) -> list[str]:
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


def commit_of(root: Path) -> str:
    """Return the commit of a checkout, if it has one."""
    try:
        return git(root, "rev-parse", "--verify", "HEAD").strip()
    except GitError:
        return "none"


def default_folder(workspace: Path) -> Path:
    """Return where this checkout's page and saved run are kept."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = str(workspace).strip("/").replace("/", "-")
    return cache / "monorepo" / "coverage" / name
