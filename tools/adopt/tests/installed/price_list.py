"""A project that is known as if it were installed."""

from importlib.metadata import version

__version__ = version("price-list")


def main() -> str:
    """Give a program an end that says the version."""
    return __version__
