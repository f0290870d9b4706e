"""Which files of a layer are for one platform alone; all others are the same for each, and so is their layer."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from tools.image.layer_writer.archive import Member
from tools.image.layer_writer.wheels import Distribution

# How compiled code begins: ELF files, and archives of them.
_STARTS = (b"\x7fELF", b"!<arch>\n")

# What a build writes of the machine that it was for: CPython's own, and that of distributions built by Meson.
_WRITTEN = (
    "__config__.py",
    "_sysconfig_vars_*.json",
    "_sysconfigdata_*.py",
    "build-details*.json",
)


def is_compiled(member: Member) -> bool:
    """Return whether a file is compiled code."""
    return member.content().startswith(_STARTS)


def native(
    members: Mapping[str, Member], distributions: Iterable[Distribution]
) -> dict[str, Member]:
    """Return the files that are for one platform alone.

    The metadata of a distribution with compiled code is: it names its wheel, and the digest of each file.
    """
    compiled = {path for path, member in members.items() if is_compiled(member)}
    infos = tuple(
        f"{known.info}/"
        for known in distributions
        if not compiled.isdisjoint(known.members)
    )
    return {
        path: member
        for path, member in members.items()
        if path in compiled
        or path.startswith(infos)
        or any(PurePosixPath(path).match(pattern) for pattern in _WRITTEN)
    }
