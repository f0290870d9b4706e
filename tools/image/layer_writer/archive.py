"""Writes tar archives whose bytes are a function of what they hold, and of nothing else.

No time, user, umask or order of the machine enters: members are sorted, times are 0, owners are
root, and the mode comes from the content, because neither Bazel's outputs nor a remote worker keep
a file's own mode.
"""

import gzip
import io
import tarfile
from collections.abc import Iterator, Mapping
from compression import zstd
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# What makes a file executable: a program for the kernel, or a script that names its interpreter.
EXECUTABLE_STARTS = (b"\x7fELF", b"#!")

GZIP_LEVEL = 6
ZSTD_LEVEL = 10

COMPRESSIONS = ("gzip", "zstd")


@dataclass(frozen=True)
class Member:
    """One file or link of a layer; its path in the archive is the key that it is kept under."""

    source: Path | None = None
    data: bytes = b""
    link: str = ""

    def content(self) -> bytes:
        """Return the bytes of a file."""
        return self.source.read_bytes() if self.source else self.data


def folders_of(paths: Mapping[str, Member]) -> set[str]:
    """Return every folder above the paths."""
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def _header(path: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path)
    info.type = kind
    info.mode = mode
    return info


def _add(archive: tarfile.TarFile, path: str, member: Member) -> None:
    if member.link:
        info = _header(path, tarfile.SYMTYPE, 0o777)
        info.linkname = member.link
        archive.addfile(info)
        return
    content = member.content()
    mode = 0o755 if content.startswith(EXECUTABLE_STARTS) else 0o644
    info = _header(path, tarfile.REGTYPE, mode)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def write_tar(output: BinaryIO, members: Mapping[str, Member]) -> None:
    """Write the members, sorted by path, each below entries for its folders; `x/` is an empty one."""
    folders = folders_of(members)
    members = {path: it for path, it in members.items() if not path.endswith("/")}
    with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folders | members.keys()):
            if path in members:
                _add(archive, path, members[path])
            else:
                archive.addfile(_header(path, tarfile.DIRTYPE, 0o755))


@contextmanager
def compressed(path: Path, compression: str) -> Iterator[BinaryIO]:
    """Open a file whose content is compressed as it is written."""
    with path.open("wb") as raw:
        if compression == "gzip":
            with gzip.GzipFile("", "wb", GZIP_LEVEL, raw, mtime=0) as stream:
                # pyrefly: ignore[invalid-yield]  # typeshed has GzipFile as no BinaryIO
                yield stream
        else:
            with zstd.ZstdFile(raw, "wb", level=ZSTD_LEVEL) as stream:
                # pyrefly: ignore[invalid-yield]  # typeshed has ZstdFile as no BinaryIO
                yield stream
