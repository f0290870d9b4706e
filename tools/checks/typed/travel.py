"""Takes out of a module's cache what only the module itself needs.

A dependent that doesn't see it is not checked again after an edit that doesn't concern
it: a body, a comment, an error that came or went.
"""

from collections.abc import Iterable, Mapping

from librt.internal import ReadBuffer, WriteBuffer
from mypy.cache import CacheMeta, CacheMetaEx

META, META_EX, DATA = ".meta.ff", ".meta_ex.ff", ".data.ff"
# The versions of the format, which mypy writes before a `.meta`.
HEAD = 2


def row_stems(module: str) -> tuple[str, str]:
    """Return the two stems that mypy may give the rows of a module."""
    stem = module.replace(".", "/")
    return stem, f"{stem}/__init__"


def rows_to_travel(
    written: Mapping[str, bytes], modules: Iterable[str]
) -> dict[str, bytes]:
    """Return the rows of these modules, without what dependents must not see."""
    rows = {}
    for module in modules:
        for stem in row_stems(module):
            if stem + META in written and stem + META_EX in written:
                rows[stem + META] = _reduce_meta(written[stem + META], stem + DATA)
                rows[stem + META_EX] = _reduce_meta_ex(written[stem + META_EX])
                rows[stem + DATA] = written[stem + DATA]
    return rows


def _reduce_meta(row: bytes, data_file: str) -> bytes:
    meta = CacheMeta.read(ReadBuffer(row[HEAD:]), data_file)
    if meta is None:
        raise ValueError(f"mypy wrote a row that it can't read: {data_file}")
    meta.hash = ""
    meta.imports_ignored = {}
    meta.dep_lines = [1] * len(meta.dep_lines)
    buffer = WriteBuffer()
    meta.write(buffer)
    return row[:HEAD] + buffer.getvalue()


def _reduce_meta_ex(row: bytes) -> bytes:
    meta_ex = CacheMetaEx.read(ReadBuffer(row))
    if meta_ex is None:
        raise ValueError("mypy wrote a row that it can't read")
    meta_ex.error_lines = []
    buffer = WriteBuffer()
    meta_ex.write(buffer)
    return buffer.getvalue()


def travelled_modules(written: Mapping[str, bytes], root: str) -> list[str]:
    """Return the modules below `root` that mypy analysed because no archive had them."""
    found = []
    for name, row in sorted(written.items()):
        if name.endswith(META):
            meta = CacheMeta.read(ReadBuffer(row[HEAD:]), "")
            if meta is not None and meta.path.startswith(f"{root}/"):
                found.append(meta.id)
    return found
