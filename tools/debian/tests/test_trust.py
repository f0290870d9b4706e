"""Tests of the Java trust store."""

import base64
import hashlib
import struct
from pathlib import Path

from tools.debian.root import trust

FIRST, SECOND = b"first certificate", b"second certificate" * 20


def pem(der: bytes) -> str:
    body = base64.encodebytes(der).decode("ascii")
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


def read_store(store: bytes) -> list[bytes]:
    """Read a store as Java does: header, entries, then a digest over all of them."""
    body, digest = store[:-20], store[-20:]
    salt = "changeit".encode("utf-16-be") + b"Mighty Aphrodite"
    assert hashlib.sha1(salt + body).digest() == digest
    magic, version, count = struct.unpack_from(">III", body)
    assert (magic, version) == (0xFEEDFEED, 2)
    place, ders = 12, []
    for _ in range(count):
        tag, alias = struct.unpack_from(">IH", body, place)
        assert tag == 2
        place += 6 + alias + 8
        (kind,) = struct.unpack_from(">H", body, place)
        assert body[place + 2 : place + 2 + kind] == b"X.509"
        place += 2 + kind
        (size,) = struct.unpack_from(">I", body, place)
        ders.append(body[place + 4 : place + 4 + size])
        place += 4 + size
    assert place == len(body)
    return ders


def test_store_holds_the_certificates_of_the_bundle_once_each(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.crt"
    bundle.write_text(f"# Société\n{pem(FIRST)}{pem(SECOND)}{pem(FIRST)}", "utf-8")

    trust.write_trust_store(bundle, tmp_path / "cacerts")

    assert read_store((tmp_path / "cacerts").read_bytes()) == [FIRST, SECOND]


def test_store_of_an_empty_bundle_is_valid() -> None:
    assert read_store(trust.trust_store(trust.certificates(""))) == []
