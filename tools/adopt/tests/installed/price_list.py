"""A project that is known as if it were installed."""

from importlib.metadata import version

__version__ = version("price-list")
