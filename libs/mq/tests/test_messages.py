"""Tests that a message is understood or refused, and never guessed at."""

import json
from collections.abc import Mapping
from typing import ClassVar

import pytest

from libs.mq import messages
from libs.mq.messages import Message, UnreadableError, Upgrade


class Order(Message):
    """Is at its third version: 1 had a single `item`, 2 had no `count`."""

    kind: ClassVar[str] = "order"
    version: ClassVar[int] = 3
    upgrades: ClassVar[Mapping[int, Upgrade]] = {
        1: lambda data: {"items": [data["item"]]},
        2: lambda data: data | {"count": len(data["items"])},
    }

    items: list[str]
    count: int


def _body(**changes: object) -> str:
    envelope = {"kind": "order", "version": 3, "data": {"items": ["pen"], "count": 1}}
    return json.dumps(envelope | changes)


def test_message_survives_a_round_trip() -> None:
    order = Order(items=["pen", "ink\u2028\n"], count=2)

    assert messages.decode(messages.encode(order), Order) == order


def test_wire_form_is_stable() -> None:
    got = messages.encode(Order(items=["pen"], count=1))

    assert got == '{"kind":"order","version":3,"data":{"items":["pen"],"count":1}}'


@pytest.mark.parametrize(
    ("version", "data"), [(1, {"item": "pen"}), (2, {"items": ["pen"]})]
)
def test_older_version_is_brought_up_to_date(version: int, data: object) -> None:
    got = messages.decode(_body(version=version, data=data), Order)

    assert got == Order(items=["pen"], count=1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "isn't JSON"),
        ("{", "isn't JSON"),
        (b"\xff\xfe", "isn't JSON"),
        ("[" * 100_000, "isn't JSON"),
        ("null", "the body isn't {"),
        ("[]", "the body isn't {"),
        ('{"kind": "order"}', "the body isn't {"),
        (_body(more=1), "the body isn't {"),
        (_body(kind="offer"), "of kind 'offer', wanted 'order'"),
        (_body(version=4), "version 4, wanted one of 1, 2, 3"),
        (_body(version=0), "version 0, wanted one of"),
        (_body(version=True), "version True, wanted one of"),
        (_body(version="3"), "version '3', wanted one of"),
        (_body(version=None), "version None, wanted one of"),
        (_body(data=[]), "version 3, wanted one of"),
        (_body(data={"items": ["pen"]}), "count: Field required"),
        (_body(data={"items": "secret", "count": 1}), "items: Input should be"),
        (_body(version=1, data={"thing": "pen"}), "can't be brought from version 1"),
    ],
)
def test_what_is_not_understood_is_refused(body: str | bytes, reason: str) -> None:
    with pytest.raises(UnreadableError) as error:
        messages.decode(body, Order)

    assert reason in str(error.value)
    assert "secret" not in str(error.value)
