"""Writes the host's certificate authorities as a Java trust store.

Java reads no PEM bundle, and a root's own store does not know a proxy that inspects
TLS. The form is JKS, which every JDK still reads and which needs no JDK to write.
"""

import base64
import hashlib
import re
import struct
from pathlib import Path

HOST_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
# Java's own well-known password: a store of public certificates keeps no secret.
_PASSWORD = "changeit"  # noqa: S105  # see above
_PEM = re.compile(
    r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL
)
_MAGIC, _VERSION, _TRUSTED = 0xFEEDFEED, 2, 2


def certificates(bundle: str) -> list[bytes]:
    """Return the certificates of a PEM bundle in DER form, each once, in order."""
    return list(dict.fromkeys(base64.b64decode(body) for body in _PEM.findall(bundle)))


def trust_store(ders: list[bytes]) -> bytes:
    """Return a JKS store that trusts the certificates."""
    body = struct.pack(">III", _MAGIC, _VERSION, len(ders))
    for der in ders:
        alias = hashlib.sha256(der).hexdigest()
        body += struct.pack(">I", _TRUSTED) + _utf(alias) + struct.pack(">Q", 0)
        body += _utf("X.509") + struct.pack(">I", len(der)) + der
    salt = _PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite"
    return body + hashlib.sha1(salt + body).digest()  # noqa: S324  # JKS says so


def write_trust_store(bundle: Path, destination: Path) -> None:
    """Write the store of the bundle's certificates."""
    text = bundle.read_text("utf-8", errors="replace")
    destination.write_bytes(trust_store(certificates(text)))


def _utf(text: str) -> bytes:
    data = text.encode("ascii")
    return struct.pack(">H", len(data)) + data
