"""Measures the services against the figures that they are held to.

Invoked as: bazel run //services/tests/bench [-- start predictions embedded brokers memory]
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from services.tests.bench import jobs, memory, predictions, start

MEASURES: dict[str, Callable[[Path], list[str]]] = {
    "start": start.measure,
    "predictions": predictions.measure,
    "embedded": jobs.measure_embedded,
    "brokers": jobs.measure_brokers,
    "memory": memory.measure,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures that are asked for, or all."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("measures", nargs="*", help=f"of {', '.join(MEASURES)}")
    names = parser.parse_args(argv).measures or list(MEASURES)
    if unknown := [name for name in names if name not in MEASURES]:
        parser.error(f"{', '.join(unknown)}: wanted one of {', '.join(MEASURES)}")
    for name in names:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            for line in MEASURES[name](Path(folder)):
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
