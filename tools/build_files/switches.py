"""Reads the tags that switch checks off for a target: `no-<check>=<reason>`."""

from collections.abc import Iterable

from tools.build_files.reader import Call


def switched_off(targets: Iterable[Call]) -> set[str]:
    """Return the checks that none of some targets has on."""
    found = [_switches(target) for target in targets]
    return set.intersection(*found) if found else set()


def _switches(target: Call) -> set[str]:
    names = (tag.partition("=")[0] for tag in target.strings("tags"))
    return {name.removeprefix("no-") for name in names if name.startswith("no-")}
