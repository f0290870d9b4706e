"""Tells which distributions two lock files pin otherwise."""

from collections.abc import Mapping

from tools.lock.requirements import RequirementsError, read_entries


def changed(then: str, now: str) -> list[str] | None:
    """Return the distributions whose pins or hashes differ, sorted; None where a lock file can't be read."""
    try:
        before, after = _pins(then), _pins(now)
    except RequirementsError:
        return None
    names = sorted(before.keys() | after.keys())
    return [name for name in names if before.get(name) != after.get(name)]


def _pins(text: str) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    # By name: the requirement, and the hashes of its files.
    return {
        entry.name: (str(entry.requirement), entry.hashes)
        for entry in read_entries(text, "requirements_lock.txt")
    }
