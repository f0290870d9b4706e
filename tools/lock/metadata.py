"""Reads what distributions say of themselves: the METADATA in their dist-info folder."""

from email.message import Message
from email.parser import HeaderParser
from pathlib import Path


def metadata_file(path: Path) -> Path | None:
    """Return the METADATA that a path is or holds; None for another file.

    Args:
      path: the file, or the folder that it is in.
    """
    file = path / "METADATA" if path.is_dir() else path
    return file if file.name == "METADATA" else None


def read_metadata(file: Path) -> Message:
    """Return the fields of a METADATA."""
    return HeaderParser().parsestr(file.read_text(encoding="utf-8"))
