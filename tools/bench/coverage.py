"""Measures the report and the page on a made-up repository, and opens its index.

Invoked as: bazel run //tools/bench:coverage [-- FILES LINES TESTS]
Prints one figure a line: the time that passed, and the processor's, which other work
on the machine changes less. The index is opened in headless Chromium.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tools.browser.chromium import browser
from tools.test_coverage.analyse.cache import analyse
from tools.test_coverage.analyse.raw_coverage import Sources, read_reports
from tools.test_coverage.collect.raw_record import write_records
from tools.test_coverage.data import lcov
from tools.test_coverage.data.run import Run, load, save, with_point
from tools.test_coverage.html.site import Site
from tools.test_coverage.html.views import build_index
from tools.test_coverage.report.floors import Floors

_GATHER = Path(__file__).parents[1] / "test_coverage/collect/gather.sh"
_DEFAULT = ("2000", "300000", "500")
# What one test imports, and what it runs of it.
_FILES_PER_TEST = 40
_FUNCTION = '''\
def function_{number}(items, limit):
    """Return the items under a limit, and say where there is none."""
    total = 0
    for item in items:
        if item > limit:
            continue
        if item == {number} and total:
            total += item * 2
        else:
            total += item
    if not total:
        raise ValueError(f"no item under {{limit}}: {{items!r}}")
    return [item for item in items if item < limit]


'''
_FUNCTION_LINES = 15


def main(argv: Sequence[str] | None = None) -> int:
    """Make a repository, and measure."""
    given = list(sys.argv[1:] if argv is None else argv)
    files, lines, tests = map(int, [*given, *_DEFAULT[len(given) :]])
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        paths = make_sources(root, files, lines // files)
        reports = make_reports(root, paths, tests)
        measure(root, reports)
    return 0


def make_sources(root: Path, files: int, lines: int) -> list[str]:
    """Write modules of so many lines, and return their paths."""
    functions = max(1, lines // _FUNCTION_LINES)
    source = "".join(_FUNCTION.format(number=number) for number in range(functions))
    paths = [f"libs/project_{n % 50}/module_{n}.py" for n in range(files)]
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(source)
    (root / "pyproject.toml").write_text("")
    return paths


def make_reports(root: Path, paths: Sequence[str], tests: int) -> list[Path]:
    """Write what tests leave: most files imported, one in four run."""
    reports = []
    size = (root / paths[0]).read_text().count("\n")
    starts = range(1, size, _FUNCTION_LINES)
    imported = [(line, line) for line in starts]
    ran = [(line, line + step) for line in range(1, size) for step in (0, 1)]
    for test in range(tests):
        arcs = {
            paths[(test * 7 + index) % len(paths)]: (
                imported if (index + test) % 4 else ran
            )
            for index in range(_FILES_PER_TEST)
        }
        report = root / "testlogs" / str(test) / "coverage.dat"
        report.parent.mkdir(parents=True)
        report.write_text(write_records(f"//libs:test_{test}", arcs))
        reports.append(report)
    baseline = root / "baseline_coverage.dat"
    baseline.write_text("".join(f"SF:{path}\nend_of_record\n" for path in paths))
    return [*reports, baseline]


def measure(root: Path, reports: Sequence[Path]) -> None:
    """Print the figures."""
    tests = len(reports) - 1
    target = root / "gathered.dat"
    folder = reports[0].parent
    arguments = [f"--coverage_dir={folder}", f"--output_file={target}"]
    timed("output generator, a test", "ms", 1000, lambda: gather(arguments))
    raw = timed("reading, a test", "ms", 1000 / tests, lambda: read_reports(reports))
    sources = Sources(root, root / "pyproject.toml")
    files = timed("analysis", "s", 1, lambda: analyse(raw.files, sources, {}))
    timed(
        "analysis, nothing changed", "s", 1, lambda: analyse(raw.files, sources, files)
    )
    timed("writing lcov", "s", 1, lambda: lcov.write(files))
    data = root / "coverage.json.gz"
    timed("writing data", "s", 1, lambda: save(data, Run(files, frozenset(raw.tests))))
    index = timed("page", "s", 1, lambda: page(data, root))
    timed("page, nothing changed", "s", 1, lambda: page(data, root))
    with browser(str(Path(os.environ["CHROMIUM"]).absolute())) as chromium:
        chromium.call("Performance.enable", timeDomain="threadTicks")
        timed("index in Chromium", "s", 1, lambda: chromium.open(index.as_uri()))
        metrics = chromium.call("Performance.getMetrics")["metrics"]
        worked = {metric["name"]: metric["value"] for metric in metrics}["TaskDuration"]
        print(f"index in Chromium, its own work: {worked:.2f} s")


def gather(arguments: Sequence[str]) -> None:
    """Run the output generator."""
    subprocess.run([str(_GATHER), *arguments], check=True)


def page(data: Path, root: Path) -> Path:
    """Read a run and write its pages; return the index."""
    run = load(data) or Run()
    run = replace(run, history=with_point(run, "none"))
    return Site(root / "site").write(run.files, root, build_index(run, Floors()))


def timed[Result](
    name: str, unit: str, factor: float, work: Callable[[], Result]
) -> Result:
    """Return what some work returns, and print how long it took, waiting and working."""
    began, worked = time.perf_counter(), processor_time()
    result = work()
    wall = factor * (time.perf_counter() - began)
    processor = factor * (processor_time() - worked)
    print(f"{name}: {wall:.2f} {unit}, processor {processor:.2f} {unit}", flush=True)
    return result


def processor_time() -> float:
    """Return the seconds that this process and those that it waited for have worked."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    sys.exit(main())
