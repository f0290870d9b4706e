"""Measures a test's first-party code with coverage.py, and leaves the arcs that ran.

Imported in `bazel coverage` only. What could have run is worked out once per file, by
the report generator.
"""

import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import coverage
from coverage.data import CoverageData
from coverage.exceptions import CoverageException

from tools.test_coverage.collect.child_process.sitecustomize import (
    LAUNCHER_ARGUMENTS,
    save_whole,
)
from tools.test_coverage.collect.raw_record import RUNNER, Arc, write_records

# sysmon costs a third of the C tracer on 3.14, and measures the same.
_SETTINGS = """\
[run]
core = sysmon
branch = true
parallel = true
sigterm = true
concurrency = thread, multiprocessing
patch = _exit, execv, fork
data_file = {data_file}
include = {include}
disable_warnings = no-data-collected, already-imported
"""

_RUNNER_MODULES = tuple(folder.replace("/", ".") for folder in RUNNER)


@dataclass(frozen=True)
class Measured:
    """The files to measure: the real path of each, and its path in the report."""

    report_paths: Mapping[str, str]
    roots: tuple[str, ...]


class Collection:
    """One measured test process and the processes that it starts."""

    def __init__(self, measured: Measured, folder: Path, target: str) -> None:
        self.measured = measured
        self.folder = folder
        self.target = target
        self.output = folder / "python.dat"
        self.children = Path(tempfile.mkdtemp(prefix="python-", dir=folder))
        self.settings = self.children / "coverage.ini"
        self.settings.write_text(
            _SETTINGS.format(
                data_file=self.children / "data",
                include="\n  ".join(f"{plain(root)}/*" for root in measured.roots),
            )
        )
        self.coverage = coverage.Coverage(
            data_file=None, config_file=str(self.settings), check_preimported=False
        )
        # A test may look at its own process's handlers: only its children get one.
        self.coverage.set_option("run:sigterm", False)

    def start(self) -> None:
        """Measure from here on."""
        self.coverage.start()
        # The runner's own tests import it anew, so that its definitions are measured too.
        for name in [name for name in sys.modules if name.startswith(_RUNNER_MODULES)]:
            del sys.modules[name]

    def finish(self) -> None:
        """Write what ran, here and in processes that have ended, for Bazel to collect."""
        self.coverage.stop()
        arcs: dict[str, set[Arc]] = {}
        self._take(self.coverage.get_data(), arcs)
        for path in sorted(self.children.glob("data.*")):
            data = CoverageData(basename=str(path))
            try:
                data.read()
            except CoverageException as error:
                print(
                    "A process of this test was killed while it saved what it had run, "
                    f"which is lost: {error}",
                    file=sys.stderr,
                )
                continue
            self._take(data, arcs)
        partial = self.output.with_suffix(".partial")
        partial.write_text(write_records(self.target, arcs))
        partial.rename(self.output)

    def _take(self, data: CoverageData, arcs: dict[str, set[Arc]]) -> None:
        for file in data.measured_files():
            path = self.measured.report_paths.get(file)
            if path is not None:
                arcs.setdefault(path, set()).update(data.arcs(file) or ())


def begin(environ: os._Environ[str]) -> Collection:
    """Start measuring as Bazel asks for it."""
    target = environ.get("TEST_TARGET", "")
    manifest = Path(environ["COVERAGE_MANIFEST"]).read_text().splitlines()
    runfiles = Path(environ["TEST_SRCDIR"], environ["TEST_WORKSPACE"])
    measured = find_measured(measurable(manifest, target), runfiles)
    collection = Collection(measured, Path(environ["COVERAGE_DIR"]), target)
    environ.update(child_environment(environ, collection.settings))
    # A test may give a child its own import path in place of the environment's.
    sys.path.append(environ["MONOREPO_COVERAGE_HOOK"])
    # A forked child has the classes of this process.
    save_whole(coverage.Coverage)
    collection.start()
    return collection


def measurable(manifest: Iterable[str], target: str) -> list[str]:
    """Return the manifest's Python files that this target tests."""
    of_runner = target.partition("//")[2].startswith(RUNNER)
    return [
        entry
        for entry in manifest
        if entry.endswith(".py") and (of_runner or not entry.startswith(RUNNER))
    ]


def find_measured(entries: Iterable[str], runfiles: Path) -> Measured:
    """Return the files of these that are in the runfiles.

    coverage.py names a file by its real path, which leads out of the runfiles.
    """
    report_paths = {}
    roots = set()
    for entry in entries:
        short = short_path(entry)
        real = os.path.realpath(runfiles / short)
        if not os.path.exists(real):
            continue
        report_paths[real] = entry
        root = real.removesuffix("/" + short)
        roots.add(root if root != real else os.path.dirname(real))
    return Measured(report_paths, tuple(sorted(roots)))


def short_path(entry: str) -> str:
    """Return a file's path in the runfiles, where a generated one lies as a source does."""
    if entry.startswith("bazel-out/"):
        # bazel-out/<configuration>/bin/<path>
        return entry.split("/", 3)[3]
    return entry


def plain(path: str) -> str:
    """Return a pattern of coverage.py for one path."""
    return "".join("?" if character in "*?[]{}\\" else character for character in path)


def child_environment(environ: Mapping[str, str], settings: Path) -> dict[str, str]:
    """Return what makes a Python process that the test starts measure itself.

    The interpreter imports our `sitecustomize` at its start: coverage.py's own way, a
    `.pth` file, is there only where the process has coverage.py itself. An isolated
    interpreter (`-I`) reads no PYTHONPATH: its launcher is told to start the hook.
    """
    hook = str(Path(__file__).parent / "child_process")
    path = [hook, *filter(None, [environ.get("PYTHONPATH")])]
    return {
        LAUNCHER_ARGUMENTS: str(Path(hook, "sitecustomize.py")),
        "MONOREPO_COVERAGE_HOOK": hook,
        "MONOREPO_COVERAGE_PATH": str(Path(coverage.__file__).parents[1]),
        "MONOREPO_COVERAGE_SETTINGS": str(settings),
        "PYTHONPATH": os.pathsep.join(path),
    }
