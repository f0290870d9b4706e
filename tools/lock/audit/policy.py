"""Reads `audit.toml`: what may be used under which licence, and what is waived how long."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tools.workspace.names import normalise

POLICY = "audit.toml"


class PolicyError(Exception):
    """`audit.toml` can't be read."""


@dataclass(frozen=True)
class Waiver:
    """An advisory that is accepted for a while."""

    advisory: str
    distribution: str
    reason: str
    since: date
    expires: date


@dataclass(frozen=True)
class Policy:
    """What the repository decided.

    Attributes:
      images: the licences that may ship, by SPDX's names.
      tests: those that only tests and builds may have, besides.
      reviewed: the licence of each distribution whose metadata doesn't say it.
      waivers: the advisories that are accepted.
    """

    images: frozenset[str] = frozenset()
    tests: frozenset[str] = frozenset()
    reviewed: Mapping[str, str] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()


def parse_policy(text: str) -> Policy:
    """Return what the file says.

    Raises:
        PolicyError: it isn't TOML, or has or lacks a key.
    """
    try:
        document = tomllib.loads(text)
        licences = document.get("licences", {})
        reviewed = licences.get("reviewed", {})
        return Policy(
            frozenset(licences.get("images", ())),
            frozenset(licences.get("tests", ())),
            {normalise(name): str(found) for name, found in reviewed.items()},
            tuple(Waiver(**entry) for entry in document.get("waivers", ())),
        )
    except (tomllib.TOMLDecodeError, TypeError, AttributeError) as error:
        wanted = "advisory, distribution, reason, since and expires of each waiver"
        raise PolicyError(f"{POLICY}: {error}; wanted {wanted}") from None
