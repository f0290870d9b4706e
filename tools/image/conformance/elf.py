"""Reads what ELF files ask the loader for, and finds it as the loader would."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tools.image.boot.rootfs import resolve

MAGIC = b"\x7fELF"
_64_BIT_LITTLE_ENDIAN = b"\x02\x01"

# What an image of an architecture has for a machine (e_machine).
MACHINES = {"amd64": 62, "arm64": 183}

_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_DT_NEEDED, _DT_STRTAB, _DT_RPATH, _DT_RUNPATH = 1, 5, 15, 29

# Where the loader looks when a file names no place: Debian's folders, and those of its own.
DEFAULT_FOLDERS = (
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
    "/lib/aarch64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib",
)


@dataclass(frozen=True)
class Demands:
    """What one file asks for: its interpreter, libraries, and the folders to look in first."""

    interpreter: str
    needed: tuple[str, ...]
    folders: tuple[str, ...]


def machine(content: bytes) -> int:
    """Return the machine that an ELF file is for, by its number."""
    return int.from_bytes(content[18:20], "little")


def _text(content: bytes, start: int) -> str:
    return content[start : content.index(b"\0", start)].decode()


def _segments(content: bytes) -> list[tuple[int, int, int, int]]:
    """Return kind, offset, address and size of each segment."""
    start, size, count = struct.unpack_from("<Q14xHH", content, 32)
    headers = (
        struct.unpack_from("<IIQQQQ", content, start + size * number)
        for number in range(count)
    )
    return [
        (kind, offset, address, length)
        for kind, _, offset, address, _, length in headers
    ]


def _entries(content: bytes, offset: int, size: int) -> Iterator[tuple[int, int]]:
    for position in range(offset, offset + size, 16):
        tag, value = struct.unpack_from("<QQ", content, position)
        if tag == 0:
            return
        yield tag, value


def read(content: bytes) -> Demands:
    """Return what a file asks for; nothing where it is static or of another machine's form."""
    if not content.startswith(MAGIC + _64_BIT_LITTLE_ENDIAN):
        return Demands("", (), ())
    segments = _segments(content)
    loads = [
        (address, offset, size)
        for kind, offset, address, size in segments
        if kind == _PT_LOAD
    ]
    interpreter = ""
    entries: list[tuple[int, int]] = []
    for kind, offset, _, size in segments:
        if kind == _PT_INTERP:
            interpreter = _text(content, offset)
        elif kind == _PT_DYNAMIC:
            entries += _entries(content, offset, size)
    table = 0
    for tag, value in entries:
        if tag == _DT_STRTAB:
            table = next(
                value - at + start
                for at, start, size in loads
                if at <= value < at + size
            )
    needed = tuple(
        _text(content, table + value) for tag, value in entries if tag == _DT_NEEDED
    )
    paths = [
        _text(content, table + value)
        for tag, value in entries
        if tag in (_DT_RPATH, _DT_RUNPATH)
    ]
    return Demands(
        interpreter,
        needed,
        tuple(folder for path in paths for folder in path.split(":") if folder),
    )


def missing(root: Path, path: str) -> list[str]:
    """Return what a file of an unpacked image asks for and doesn't get."""
    demands = read((root / path).read_bytes())
    origin = str(PurePosixPath("/", path).parent)
    folders = [
        folder.replace("$ORIGIN", origin).replace("${ORIGIN}", origin)
        for folder in demands.folders
    ]
    lost = [
        name
        for name in demands.needed
        if not any(
            resolve(root, f"{folder}/{name}") for folder in [*folders, *DEFAULT_FOLDERS]
        )
    ]
    if demands.interpreter and not resolve(root, demands.interpreter):
        lost.append(demands.interpreter)
    return sorted(lost)
