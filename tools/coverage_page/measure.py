"""Measures the report and the page on a made-up repository, and opens its index.

Invoked as: bazel run //tools/coverage_page:measure [-- FILES LINES TESTS]
Prints one figure a line: the time that passed, and the processor's, which other work
on the machine changes less. The index is opened in headless Chromium.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.browser.chromium import browser
from tools.coverage_page import lcov
from tools.coverage_page.assembly import Workshop, assemble
from tools.coverage_page.combine import combined, first_party
from tools.coverage_page.floors import Floors
from tools.coverage_page.ledger import Ledger
from tools.coverage_page.observations import Observations, observe
from tools.coverage_page.pages import Site
from tools.coverage_page.tasks import Sources, tasks
from tools.coverage_page.views import build_index

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
    imported = ",".join(f"[{line},{line}]" for line in starts)
    ran = ",".join(f"[{line},{line}],[{line},{line + 1}]" for line in range(1, size))
    for test in range(tests):
        chunks = [f"TN://libs:test_{test}\n"]
        for index in range(_FILES_PER_TEST):
            path = paths[(test * 7 + index) % len(paths)]
            arcs = ran if (index + test) % 4 == 0 else imported
            chunks.append(f"SF:{path}\n#arcs [{arcs}]\nDA:1,1\nend_of_record\n")
        report = root / "testlogs" / str(test) / "coverage.dat"
        report.parent.mkdir(parents=True)
        report.write_text("".join(chunks))
        reports.append(report)
    baseline = root / "baseline_coverage.dat"
    baseline.write_text("".join(f"SF:{path}\nend_of_record\n" for path in paths))
    return [*reports, baseline]


def measure(root: Path, reports: Sequence[Path]) -> None:
    """Print the figures."""
    tests = len(reports) - 1
    gather = Path(__file__).with_name("gather.sh")
    target = root / "gathered.dat"
    folder = reports[0].parent
    arguments = [f"--coverage_dir={folder}", f"--output_file={target}"]
    timed("output generator, a test", "ms", 1000, lambda: run(gather, arguments))
    observations = timed(
        "reading, a test", "ms", 1000 / tests, lambda: observe(reports)
    )
    sources = Sources(root, root / "pyproject.toml")
    ledger = Ledger(root / "counted.json", sources)
    report = timed(
        "whole report", "s", 1, lambda: combined(observations, sources, ledger)
    )
    timed("writing lcov", "s", 1, lambda: lcov.written(report))
    index = timed("page", "s", 1, lambda: page(sources, observations))
    timed("page, nothing changed", "s", 1, lambda: page(sources, observations))
    with browser(str(Path(os.environ["CHROMIUM"]).absolute())) as chromium:
        chromium.call("Performance.enable", timeDomain="threadTicks")
        timed("index in Chromium", "s", 1, lambda: chromium.open(index.as_uri()))
        metrics = chromium.call("Performance.getMetrics")["metrics"]
        (worked,) = [
            each["value"] for each in metrics if each["name"] == "TaskDuration"
        ]
        print(f"index in Chromium, its own work: {worked:.2f} s")


def run(program: Path, arguments: Sequence[str]) -> None:
    """Run the output generator."""
    subprocess.run([str(program), *arguments], check=True)


def page(sources: Sources, observations: Observations) -> Path:
    """Analyse what changed and write its pages; return the index."""
    site = Site(sources.root / "site")
    site.begin()
    work = tasks(observations, first_party(observations))
    ledger = sources.root / "counted-for-page.json"
    report = assemble(work, Workshop(sources, ledger, site.output))
    about = {"commit": "none", "time": "now", "tests": str(len(observations.tests))}
    site.write_index(build_index(report, Floors(), [], [], about))
    return site.finish()


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
