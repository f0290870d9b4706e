"""Measures a test's first-party code with coverage.py, and leaves what ran to Bazel as lcov.

Imported in `bazel coverage` only. What is written is raw on purpose: which lines and arcs (jumps from a line to a line)
ran. What could have run is worked out once per file, by the report generator in //tools/coverage_page.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import coverage
from coverage.data import CoverageData

# Names of the raw record's own comment, which //tools/coverage_page:records reads.
ARCS = "#arcs "

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

Arc = tuple[int, int]


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
        settings = self.children / "coverage.ini"
        settings.write_text(
            _SETTINGS.format(
                data_file=self.children / "data",
                include="\n  ".join(f"{plain(root)}/*" for root in measured.roots),
            )
        )
        self.coverage = coverage.Coverage(
            data_file=None, config_file=str(settings), check_preimported=False
        )
        # A test may look at its own process's handlers: only its children get one.
        self.coverage.set_option("run:sigterm", False)
        measure_children(os.environ, settings)

    def start(self) -> None:
        """Measure from here on."""
        self.coverage.start()
        # Its own tests import it anew, so that its definitions are measured too.
        sys.modules.pop(__name__, None)

    def finish(self) -> None:
        """Write what ran, here and in the processes that have ended, for Bazel to collect."""
        self.coverage.stop()
        arcs: dict[str, set[Arc]] = {}
        self._take(self.coverage.get_data(), arcs)
        for path in sorted(self.children.glob("data.*")):
            data = CoverageData(basename=str(path))
            data.read()
            self._take(data, arcs)
        partial = self.output.with_suffix(".partial")
        partial.write_text(raw_records(self.target, arcs))
        partial.rename(self.output)

    def _take(self, data: CoverageData, arcs: dict[str, set[Arc]]) -> None:
        for file in data.measured_files():
            path = self.measured.report_paths.get(file)
            if path is not None:
                arcs.setdefault(path, set()).update(data.arcs(file) or ())


def begin(environ: Mapping[str, str]) -> Collection:
    """Start measuring as Bazel asks for it."""
    manifest = Path(environ["COVERAGE_MANIFEST"]).read_text().splitlines()
    runfiles = Path(environ["TEST_SRCDIR"], environ["TEST_WORKSPACE"])
    collection = Collection(
        find_measured(manifest, runfiles),
        Path(environ["COVERAGE_DIR"]),
        environ.get("TEST_TARGET", ""),
    )
    collection.start()
    return collection


def find_measured(manifest: Iterable[str], runfiles: Path) -> Measured:
    """Return the manifest's Python files that are in the runfiles.

    coverage.py names a file by its real path, which leads out of the runfiles.
    """
    report_paths = {}
    roots = set()
    for entry in manifest:
        if not entry.endswith(".py"):
            continue
        short = short_path(entry)
        real = os.path.realpath(runfiles / short)
        if not os.path.exists(real):
            continue
        report_paths[real] = entry
        root = real.removesuffix("/" + short)
        roots.add(root if root != real else os.path.dirname(real))
    return Measured(report_paths, tuple(sorted(roots)))


def short_path(entry: str) -> str:
    """Return a file's path in the runfiles, where a generated file lies as a source does."""
    if entry.startswith("bazel-out/"):
        return entry.split("/", 3)[3]
    return entry


def plain(path: str) -> str:
    """Return a pattern of coverage.py for one path."""
    return "".join("?" if character in "*?[]{}\\" else character for character in path)


def measure_children(environ: "os._Environ[str]", settings: Path) -> None:
    """Let Python processes that the test starts measure themselves, by a `sitecustomize` of ours."""
    environ["COVERAGE_PROCESS_START"] = str(settings)
    environ["MONOREPO_COVERAGE_PATH"] = str(Path(coverage.__file__).parents[1])
    hook = str(Path(__file__).parent / "child_coverage")
    environ["MONOREPO_CHILD_PATH"] = hook
    environ["PYTHONPATH"] = os.pathsep.join(
        [hook, *filter(None, [environ.get("PYTHONPATH")])]
    )


def raw_records(target: str, arcs: Mapping[str, Iterable[Arc]]) -> str:
    """Return lcov of the lines that ran, with the arcs as a comment that others skip."""
    lines = [f"TN:{target}"]
    for path, found in sorted(arcs.items()):
        pairs = sorted(found)
        if not pairs:
            continue
        lines.append(f"SF:{path}")
        lines.append(ARCS + json.dumps(pairs, separators=(",", ":")))
        ran = sorted({line for arc in pairs for line in arc if line > 0})
        lines += [f"DA:{line},1" for line in ran]
        lines.append("end_of_record")
    return "\n".join(lines) + "\n"
