"""Reads where actions ran."""

import re

from tools.nested.checkout import Result

# What is made for one machine alone: see tools/status, and skylib's copy_directory.
LOCAL = {"internal", "local"}


def processes(got: Result) -> dict[str, int]:
    """Return how many actions ran how, as Bazel says in its last lines."""
    (line,) = re.findall(r"\d+ process(?:es)?: (.*?)\.$", got.text, re.M)
    return {how: int(n) for n, how in re.findall(r"(\d+) ([a-z -]+)", line)}
