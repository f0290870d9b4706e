"""Deals a target's tests out to its shards, each of which is a process that sees no other."""

import re
import zlib
from collections.abc import Sequence

import pytest

_ADDRESS = re.compile(r"0x[0-9a-f]+")


def share(items: Sequence[pytest.Item], index: int, total: int) -> list[pytest.Item]:
    """Return a shard's share of the tests, in the order that they have.

    They are dealt by their ids: an order may come from a set, or from a plugin that shuffles.
    """
    by_id = sorted(range(len(items)), key=lambda place: items[place].nodeid)
    dealt = set(by_id[index::total])
    return [item for place, item in enumerate(items) if place in dealt]


def content(item: pytest.Item) -> str:
    """Return a digest of a test's parameters, which shows whether an id such as `case0` is another one's elsewhere.

    What differs from process to process though the parameter is the same is left out: addresses, and the order of sets.
    """
    specification = getattr(item, "callspec", None)
    if specification is None:
        return ""
    shown = []
    for value in specification.params.values():
        try:
            shown.append(repr(getattr(value, "__dict__", value)))
        except Exception:  # whatever a test's own code raises
            return ""
    text = _ADDRESS.sub("", " ".join(shown))
    return str(zlib.crc32("".join(sorted(text)).encode(errors="replace")))
