"""Counts how often each case ran and failed, from the XML files that runs leave."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from xml.etree import ElementTree

# Of a normal distribution: 95 % lie between.
_Z = 1.96


@dataclass
class Case:
    """What came of one case."""

    runs: int = 0
    failures: int = 0
    where: dict[str, int] = field(default_factory=dict)
    """How often it failed, by the world."""
    output: str = ""
    """What the first failure said."""

    def interval(self) -> tuple[float, float]:
        """Return between which rates its own lies, with 95 %.

        By Wilson's score: https://doi.org/10.1080/01621459.1927.10502953
        """
        rate, square = self.failures / self.runs, _Z * _Z / self.runs
        middle = (rate + square / 2) / (1 + square)
        half = _Z * sqrt(rate * (1 - rate) / self.runs + square / self.runs / 4)
        half /= 1 + square
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass
class Results:
    """What came of a hunt, by target and by the name of the case in XML."""

    cases: dict[tuple[str, str], Case] = field(default_factory=dict)

    def add(self, target: str, world: str, xml: str) -> None:
        """Count one run."""
        for name, failure in outcomes(xml):
            case = self.cases.setdefault((target, name), Case())
            case.runs += 1
            if failure is not None:
                case.failures += 1
                case.where[world] = case.where.get(world, 0) + 1
                case.output = case.output or failure

    def failed(self) -> list[tuple[str, str, Case]]:
        """Return the cases that failed at least once, the most frequent first."""
        found = [(*key, case) for key, case in self.cases.items() if case.failures]
        return sorted(found, key=lambda row: (-row[2].failures / row[2].runs, row[:2]))


def outcomes(xml: str) -> Iterator[tuple[str, str | None]]:
    """Yield each case of a run, and what it said if it failed."""
    try:
        # Our own runner wrote it, or Bazel.
        root = ElementTree.fromstring(xml)  # noqa: S314
    except ElementTree.ParseError as error:
        yield "the run", f"its XML can't be read: {error}"
        return
    for case in root.iter("testcase"):
        name = "::".join(filter(None, (case.get("classname"), case.get("name"))))
        faults = [fault for tag in ("failure", "error") for fault in case.iter(tag)]
        texts = (
            f"{fault.get('message') or ''}\n{fault.text or ''}" for fault in faults
        )
        yield name, "\n".join(texts).strip() if faults else None


def reports_since(testlogs: Path, target: str, before: float) -> Iterable[Path]:
    """Return the XML files that runs of a target left after a time."""
    folder = testlogs / target.removeprefix("//").replace(":", "/")
    return [
        file
        for file in sorted(folder.rglob("test.xml"))
        if file.stat().st_mtime >= before
    ]


def shown_rate(runs: int) -> float:
    """Return from which rate on a failure would have been seen in so many runs, with 95 %."""
    return float(1 - 0.05 ** (1 / runs))
