"""Tests of what an index says of releases, with one on loopback."""

import hashlib

import pytest

from tools.lock.audit.releases import (
    Release,
    ask_releases,
    configured_indexes,
    release_of,
)
from tools.lock.pins import Pin
from tools.lock.tests.index import Index, serve


@pytest.fixture
def index() -> Index:
    """Give an index of two releases of one distribution."""
    known = Index()
    known.add("shop", "1.0")
    known.add("shop", "2.0")
    return known


def pin(index: Index, version: str) -> Pin:
    """Return the pin of a release."""
    content = index.files[f"shop-{version}-py3-none-any.whl"]
    digest = hashlib.sha256(content).hexdigest()
    return Pin(1, "shop", version, hashes=[f"sha256:{digest}"])


def test_only_the_release_that_was_yanked_is(index: Index) -> None:
    index.yanked.add("shop-1.0-py3-none-any.whl")

    with serve(index) as address:
        one = release_of(pin(index, "1.0"), [address])
        two = release_of(pin(index, "2.0"), [address])

    assert (one.yanked, two.yanked) == ("no reason is given", "")


def test_reason_is_kept(index: Index) -> None:
    index.more = {"yanked": "loses data"}

    with serve(index) as address:
        assert release_of(pin(index, "1.0"), [address]).yanked == "loses data"


@pytest.mark.parametrize(
    ("more", "attested"),
    [
        ({}, None),
        ({"provenance": None}, False),
        ({"provenance": "https://index.example/shop"}, True),
    ],
)
def test_attestation_is_said_or_unknown(
    index: Index, more: dict[str, object], attested: bool | None
) -> None:
    index.more = more

    with serve(index) as address:
        assert release_of(pin(index, "1.0"), [address]).attested is attested


def test_index_that_does_not_say_leaves_it_unknown(index: Index) -> None:
    index.more = {"yanked": None}

    with serve(index) as address:
        found = ask_releases([pin(index, "1.0"), Pin(2, "other", "3")], [address])

    assert found == {"shop": Release("1.0"), "other": Release("3")}


def test_index_that_is_gone_or_a_folder_is_passed_over(index: Index) -> None:
    with serve(Index()) as gone:
        pass

    with serve(index) as address:
        found = release_of(pin(index, "1.0"), [gone, "file:///nowhere", address])

    assert found == Release("1.0", "")


def test_login_of_an_address_is_sent(index: Index) -> None:
    index.login = "me:p@ss"

    with serve(index) as address:
        mine = address.replace("://", "://me:p%40ss@")
        assert release_of(pin(index, "1.0"), [mine]).yanked == ""
        assert release_of(pin(index, "1.0"), [address]).yanked is None


def test_indexes_are_those_of_the_solver() -> None:
    assert configured_indexes({}) == []
    named = {
        "UV_INDEX": "own=https://a/x?y=1 https://b",
        "UV_DEFAULT_INDEX": "http://c",
    }
    assert configured_indexes(named) == ["https://a/x?y=1", "https://b", "http://c"]
