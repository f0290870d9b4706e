"""Combines the reports of a `bazel coverage` run into one lcov report; Bazel calls it as its report generator.

Invoked by Bazel, in the execution root, as: combine --reports_file=FILE --output_file=FILE
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.coverage_page import lcov
from tools.coverage_page.analysis import AnalysisError, Analyser
from tools.coverage_page.observations import Observations, observe
from tools.coverage_page.records import FileCoverage, merge_files

# Where a target's generated files lie.
_GENERATED = "bazel-out/"
_SETTINGS = Path(__file__).parents[2] / "pyproject.toml"


def combined(
    observations: Observations, analyser: Analyser, root: Path, *, generated: bool
) -> dict[str, FileCoverage]:
    """Return the coverage of every first-party file that a target of the run instruments."""
    report = {}
    for path in sorted(observations.paths()):
        if path.startswith(("/", "external/", "../")) or (
            path.startswith(_GENERATED) and not generated
        ):
            continue
        known = observations.records.get(path, FileCoverage())
        if path.endswith(".py"):
            seen = {
                arcs: len(targets)
                for arcs, targets in observations.arcs.get(path, {}).items()
            }
            known = merge_files(known, analyser.analyse(root / path, seen))
        if known.lines or path.endswith(".py"):
            report[path] = known
    return report


def main(argv: Sequence[str] | None = None) -> int:
    """Combine the reports that Bazel lists."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports_file", type=Path, required=True)
    parser.add_argument("--output_file", type=Path, required=True)
    parser.add_argument("--generated", action="store_true")
    arguments, _others = parser.parse_known_args(argv)
    reports = [
        Path(line) for line in arguments.reports_file.read_text().splitlines() if line
    ]
    try:
        report = combined(
            observe(reports),
            Analyser(_SETTINGS),
            Path.cwd(),
            generated=arguments.generated,
        )
    except (AnalysisError, lcov.LcovError) as error:
        print(error, file=sys.stderr)
        return 1
    arguments.output_file.write_text(lcov.written(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
