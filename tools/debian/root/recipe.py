"""Reads the recipe of the Debian root: which packages, from which suites."""

from pathlib import Path

SUITE = "forky"
# Asked only for a package that SUITE does not carry.
FALLBACK_SUITE = "sid"
# The version of Bazel that tools/debian was written for.
BAZEL_VERSION = "7.7.1"
# What a finished root and its downloads take at most, in bytes.
ROOM = 5 * 1024**3


def parse_packages(text: str) -> list[str]:
    """Return the package names in the text, in order, without comments."""
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def read_packages() -> list[str]:
    """Return the package names of the recipe beside this program."""
    path = Path(__file__).parent.parent / "packages.txt"
    return parse_packages(path.read_text("utf-8"))
