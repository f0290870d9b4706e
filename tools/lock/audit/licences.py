"""Judges the licences of distributions by what each says of itself, and by what was decided."""

from collections.abc import Iterable, Mapping
from email.message import Message

from tools.lock.audit import spdx
from tools.lock.audit.policy import Policy
from tools.workspace.names import normalise


def licence_of(metadata: Message, reviewed: Mapping[str, str]) -> str | None:
    """Return a distribution's licence, by a person's word or by its metadata."""
    name = normalise(str(metadata["Name"]))
    return spdx.canonical(reviewed.get(name, "")) or spdx.expression(
        str(metadata["License-Expression"] or ""),
        metadata.get_all("Classifier") or [],
        str(metadata["License"] or ""),
    )


def refused_licences(
    metadata: Iterable[Message], policy: Policy, known: frozenset[str]
) -> dict[str, str]:
    """Return what is wrong with the licences of distributions, by name.

    Args:
        metadata: what each says of itself.
        policy: what is known of those that don't say it.
        known: the licences that may be used.
    """
    refused = {}
    for message in metadata:
        name = normalise(str(message["Name"]))
        licence = licence_of(message, policy.reviewed)
        if licence is None:
            refused[name] = "doesn't say its licence as SPDX names it"
        elif not spdx.permitted(licence, known):
            refused[name] = f"has the licence {licence}"
    return refused
