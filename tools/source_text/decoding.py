"""Reads source text: Python as Python itself reads it, and Starlark as UTF-8."""

import codecs
import io
import tokenize
from pathlib import Path

MARK = "\ufffd"
"""Stands for bytes that are no text, where `read_starlark` met some."""
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class SourceError(Exception):
    """A source holds bytes that are no text to the program that would run it."""

    def __init__(self, line: int, text: str, fix: str) -> None:
        super().__init__(line, text, fix)
        self.line = line
        self.text = text
        self.fix = fix


def decode_python(data: bytes) -> str:
    """Return a Python source as text, by its cookie or byte order mark.

    Every line ends in a line feed, as Python takes each of the three ends for one.

    Raises:
        SourceError: Python refuses it.
    """
    _refuse_null(data)
    encoding = encoding_of(data)
    return with_plain_line_ends(_decode(data, encoding))


def encoding_of(data: bytes) -> str:
    """Return the encoding that a Python source is in.

    Raises:
        SourceError: it names one that Python doesn't know or that isn't true.
    """
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except (LookupError, SyntaxError) as error:
        # Bytes in the first two lines that are no UTF-8 end here too.
        marked = data.startswith(codecs.BOM_UTF8)
        _decode(data, "utf-8-sig" if marked else "utf-8")
        said = str(error).partition(";")[0]
        text = f"names an encoding that Python refuses: {said}"
        if marked:
            text = "begins with UTF-8's byte order mark and names another encoding"
        fix = "save it as UTF-8, without a line that names an encoding."
        raise SourceError(1, text, fix) from None


def decode_starlark(data: bytes) -> str:
    """Return a BUILD or .bzl file as text.

    Raises:
        SourceError: it is not UTF-8.
    """
    return _decode(data, "utf-8")


def read_python(path: Path) -> str:
    """Return the text of a Python file; see `decode_python`."""
    return decode_python(path.read_bytes())


def read_starlark(path: Path) -> str:
    """Return the text of a BUILD or .bzl file, with a mark for each byte that isn't UTF-8.

    One check reports such bytes, by `decode_starlark`; to the others they don't matter.
    """
    return path.read_bytes().decode(errors="replace")


def with_plain_line_ends(text: str) -> str:
    """Return a text in which a line feed alone ends a line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refuse_null(data: bytes) -> None:
    if data.startswith(UTF_16_MARKS):
        raise SourceError(1, "is UTF-16, which Python refuses", "save it as UTF-8.")
    start = data.find(b"\0")
    if start >= 0:
        text = "holds a null byte, which Python refuses"
        raise SourceError(_line_at(data, start), text, "take it out.")


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        byte = f"0x{error.object[error.start]:02x}"
        name = encoding.upper().removesuffix("-SIG")
        text = f"holds the byte {byte}, which is not {name}"
        raise SourceError(
            _line_at(error.object, error.start),
            text,
            "save it as UTF-8; a Python source may also name its encoding in its first "
            "line: # -*- coding: latin-1 -*-",
        ) from None


def _line_at(data: bytes, offset: int) -> int:
    before = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1
