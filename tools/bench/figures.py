"""A measured figure and its budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """What was measured: samples in one unit, and a budget in the same."""

    name: str
    unit: str
    budget: float
    samples: tuple[float, ...]

    @property
    def value(self) -> float:
        """The median of the samples."""
        return median(self.samples)

    @property
    def is_within(self) -> bool:
        """Whether the median keeps to the budget."""
        return self.value <= self.budget


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as lines: verdict, name, median, range and budget."""
    width = max(len(figure.name) for figure in figures)
    return "\n".join(
        f"{'ok  ' if figure.is_within else 'OVER'}  {figure.name:<{width}}  "
        f"{figure.value:6.2f} {figure.unit}  "
        f"({min(figure.samples):.2f} to {max(figure.samples):.2f}; "
        f"budget {figure.budget:g})"
        for figure in figures
    )
