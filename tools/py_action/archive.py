"""Packs Python sources, compiled, into one archive that an interpreter can run.

Invoked by Bazel as: python3 -I -S archive.py OUTPUT MODULE_PATH=FILE…

A process that runs once per target must not compile its own code each time: that costs
more than what the program does. The archive is the same bytes for the same sources.
"""

import importlib.util
import marshal
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

# The earliest time that a zip entry can carry.
EPOCH = (1980, 1, 1, 0, 0, 0)
UNCHECKED_HASH_FLAG = 0b01


def compile_source(source: bytes, module_path: str) -> bytes:
    """Return the `.pyc` of a source; it is trusted without a look at the source."""
    code = compile(source, module_path, "exec", dont_inherit=True, optimize=0)
    header = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH_FLAG.to_bytes(4, "little")
    return header + importlib.util.source_hash(source) + marshal.dumps(code)


def parent_folders(path: str) -> list[str]:
    """Return the folders above a path, outermost first, each with a final slash."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: depth + 1]) + "/" for depth in range(len(parts))]


def write_archive(output: Path, sources: Iterable[tuple[str, bytes]]) -> None:
    """Write the archive; an import from it needs an entry for each folder."""
    entries: dict[str, bytes] = {}
    for module_path, source in sources:
        for folder in parent_folders(module_path):
            entries[folder] = b""
        entries[module_path + "c"] = compile_source(source, module_path)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(entries):
            archive.writestr(zipfile.ZipInfo(path, EPOCH), entries[path])


def main(argv: list[str]) -> int:
    """Write the archive that the command line names."""
    output, *pairs = argv
    named = (pair.partition("=") for pair in pairs)
    write_archive(
        Path(output), ((path, Path(file).read_bytes()) for path, _, file in named)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
