"""What the tests of the aspect look at: a distribution that is read for its types only."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import h11


def is_data(event: h11.Event) -> bool:
    """Return whether an event is data."""
    return type(event).__name__ == "Data"
