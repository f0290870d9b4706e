"""Asks an index whether what is pinned was yanked, and whether it is attested.

By the JSON form of the simple API, which has both for each file. An index that has only
pages of HTML, or is a folder, says neither.
https://packaging.python.org/en/latest/specifications/simple-repository-api/
"""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from tools.lock.pins import Pin

_FORM = "application/vnd.pypi.simple.v1+json"
_SECONDS = 30


class Release(NamedTuple):
    """What an index says of the files of a pin; None where it doesn't."""

    version: str
    yanked: str | None = None
    """Why it was yanked; empty where it wasn't."""
    attested: bool | None = None
    """Whether each of its files says who built it."""


def configured_indexes(environment: Mapping[str, str]) -> list[str]:
    """Return the addresses of the indexes that uv is told of, by its environment.

    None for uv's own default: no address of an index stands in this repository.
    """
    first = environment.get("UV_DEFAULT_INDEX") or environment.get("UV_INDEX_URL") or ""
    more = environment.get("UV_INDEX") or environment.get("UV_EXTRA_INDEX_URL") or ""
    found = [*more.split(), *first.split()]
    # An index may have a name before its address.
    return [text[text.rfind("=", 0, text.find("://")) + 1 :] for text in found]


# Any: an index's page, as JSON.
def _page(index: str, name: str) -> dict[str, Any]:
    parts = urlsplit(f"{index.rstrip('/')}/{name}/")
    login, _, host = parts.netloc.rpartition("@")
    # A person chooses the address.
    request = Request(parts._replace(netloc=host).geturl())  # noqa: S310
    request.add_header("Accept", _FORM)
    if login:
        token = base64.b64encode(unquote(login).encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
    try:
        with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            page: dict[str, Any] = json.load(answer)
            return page
    except HTTPError as error:
        # It holds the answer open.
        error.close()
        raise


def _release(pin: Pin, files: Sequence[Mapping[str, Any]]) -> Release:
    reasons = [file.get("yanked") for file in files]
    reason = next(filter(None, reasons), None)
    yanked = None if None in reasons else ""
    if reason:
        is_text = isinstance(reason, str)
        yanked = " ".join(reason.split()) if is_text else "no reason is given"
    is_said = all("provenance" in file for file in files)
    attested = all(file.get("provenance") for file in files) if is_said else None
    return Release(pin.version, yanked, attested)


def release_of(pin: Pin, indexes: Iterable[str]) -> Release:
    """Return what the first index that has a pin's files says of them."""
    for index in indexes:
        try:
            files = _page(index, pin.name).get("files", [])
        except OSError, ValueError, HTTPException:
            # It has no such page, is out of reach, or of another form: the next may know.
            continue
        own = [
            file
            for file in files
            if {f"{kind}:{value}" for kind, value in file["hashes"].items()}
            & set(pin.hashes)
        ]
        if own:
            return _release(pin, own)
    return Release(pin.version)


def ask_releases(pins: Iterable[Pin], indexes: Sequence[str]) -> dict[str, Release]:
    """Return what indexes say of pins, by name."""
    pins = list(pins)
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda pin: release_of(pin, indexes), pins)
        return {pin.name: release for pin, release in zip(pins, found, strict=True)}
