"""Gives messages a type and a schema version that every reader checks.

On the wire a message is `{"kind": "predict", "version": 2, "data": {…}}`. A reader takes the versions that
it knows, brings older ones up to date by the message's own `upgrades`, and refuses the rest: what it
doesn't understand is never guessed at.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

type Data = dict[str, Any]  # Any: what JSON gives, before it is validated
type Upgrade = Callable[[Data], Data]


class UnreadableError(ValueError):
    """A message that isn't of the form, kind or version that its reader knows."""


class Message(BaseModel):
    """What is sent through a queue; a subclass names its kind and its version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    # From a version to the next one.
    upgrades: ClassVar[Mapping[int, Upgrade]] = {}


def encode(message: Message) -> str:
    """Return a message as JSON."""
    data = message.model_dump_json()
    kind = json.dumps(message.kind)
    return f'{{"kind":{kind},"version":{message.version},"data":{data}}}'


def decode[M: Message](body: str | bytes, wanted: type[M]) -> M:
    """Return the message of a JSON body, or raise UnreadableError."""
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"the body isn't JSON: {error}") from error
    if not isinstance(envelope, dict) or envelope.keys() != {"kind", "version", "data"}:
        raise UnreadableError('the body isn\'t {"kind": …, "version": …, "data": …}')
    if envelope["kind"] != wanted.kind:
        raise UnreadableError(
            f"the message is of kind {envelope['kind']!r}, wanted {wanted.kind!r}"
        )
    try:
        return wanted.model_validate(_upgraded(envelope, wanted))
    except ValidationError as error:
        raise UnreadableError(
            f"the {wanted.kind} message has wrong data: {_faults(error)}"
        ) from error


def _upgraded(envelope: Data, wanted: type[Message]) -> Data:
    version, data = envelope["version"], envelope["data"]
    known = {*wanted.upgrades, wanted.version}
    if type(version) is not int or version not in known or not isinstance(data, dict):
        raise UnreadableError(
            f"the {wanted.kind} message has version {version!r}, wanted one of "
            f"{', '.join(map(str, sorted(known)))}"
        )
    for step in range(version, wanted.version):
        try:
            data = wanted.upgrades[step](data)
        except (KeyError, TypeError, ValueError) as error:
            raise UnreadableError(
                f"the {wanted.kind} message can't be brought from version {step}: {error!r}"
            ) from error
    return dict(data)


def _faults(error: ValidationError) -> str:
    # Pydantic's own text repeats the data, which may be secret or huge.
    return "; ".join(
        f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
        for fault in error.errors()[:5]
    )
