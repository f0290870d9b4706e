"""Compiles modules for a layer.

A module's `.pyc` is valid for ever (`unchecked-hash`: in an image no source changes under it) and
names the module as the image does. The bytes depend on what the compiling process did before
(https://github.com/python/cpython/issues/129724), so a layer is compiled by one fresh process, in
sorted order. They don't depend on the seed of hashes: sets are marshalled in an order of their own
(https://github.com/python/cpython/issues/81777).
"""

import importlib.util
import marshal
import struct
import sys
import warnings

from tools.source_text.parsing import UNPARSABLE

# A hash-based .pyc whose source is not looked at: PEP 552.
_UNCHECKED_HASH = 0b01


def compiled_path(path: str) -> str:
    """Return where the interpreter looks for a module's compiled form."""
    folder, _, name = path.rpartition("/")
    tag = sys.implementation.cache_tag
    return f"{folder}/__pycache__/{name.removesuffix('.py')}.{tag}.pyc"


def compile_module(path: str, source: bytes) -> bytes | None:
    """Return a module's `.pyc`, or None where the file isn't one: wheels carry templates, too.

    Args:
      path: the file's path in the image, from its root.
      source: what the file holds.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            code = compile(source, f"/{path}", "exec", dont_inherit=True, optimize=0)
        except UNPARSABLE:
            return None
    header = importlib.util.MAGIC_NUMBER + struct.pack("<I", _UNCHECKED_HASH)
    return header + importlib.util.source_hash(source) + marshal.dumps(code)
