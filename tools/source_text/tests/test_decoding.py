"""Tests that sources are read as Python reads them."""

import ast
from pathlib import Path

import pytest

from tools.source_text.decoding import (
    SourceError,
    decode_python,
    decode_starlark,
    read_python,
    read_starlark,
)

BOM = b"\xef\xbb\xbf"
SAVE = (
    "save it as UTF-8; a Python source may also name its encoding in its first line: "
    "# -*- coding: latin-1 -*-"
)


@pytest.mark.parametrize(
    ("data", "want"),
    [
        (b"", ""),
        ("x = 'é\u2028'\n".encode(), "x = 'é\u2028'\n"),
        (b"# -*- coding: latin-1 -*-\n'\xe9'\n", "# -*- coding: latin-1 -*-\n'é'\n"),
        (b"#!python\n# coding=cp1252\n'\x80'\n", "#!python\n# coding=cp1252\n'€'\n"),
        (BOM + b"x = 1\n", "x = 1\n"),
        (BOM + b"# coding: utf-8\n", "# coding: utf-8\n"),
        (b"x = 1\ry = 2\r\nz = 3\n", "x = 1\ny = 2\nz = 3\n"),
        (b"\x0cx = 1\n", "\x0cx = 1\n"),
    ],
)
def test_what_python_reads_is_text(data: bytes, want: str) -> None:
    ast.parse(data)

    assert decode_python(data) == want


@pytest.mark.parametrize(
    ("data", "line", "text", "fix"),
    [
        (b"x = 1\n\n\n'\xe9'\n", 4, "holds the byte 0xe9, which is not UTF-8", SAVE),
        (b"'\xff'\n", 1, "holds the byte 0xff, which is not UTF-8", SAVE),
        (b"a\r\rb\xe9", 3, "holds the byte 0xe9, which is not UTF-8", SAVE),
        (BOM + b"x\n'\xe9'\n", 2, "holds the byte 0xe9, which is not UTF-8", SAVE),
        (
            b"#\n#\n# coding: latin-1\n'\xe9'\n",
            4,
            "holds the byte 0xe9, which is not UTF-8",
            SAVE,
        ),
        (
            b"# coding: ascii\n'\xe9'\n",
            2,
            "holds the byte 0xe9, which is not ASCII",
            SAVE,
        ),
        (
            b"# coding: nonsense\n",
            1,
            "names an encoding that Python refuses: unknown encoding: nonsense",
            "save it as UTF-8, without a line that names an encoding.",
        ),
        (
            b"# coding: rot13\n",
            1,
            "names an encoding that Python refuses: 'rot13' is not a text encoding",
            "save it as UTF-8, without a line that names an encoding.",
        ),
        (
            BOM + b"# coding: latin-1\n",
            1,
            "begins with UTF-8's byte order mark and names another encoding",
            "save it as UTF-8, without a line that names an encoding.",
        ),
        (b"x = 1\n\0\n", 2, "holds a null byte, which Python refuses", "take it out."),
        (
            "x = 1\n".encode("utf-16"),
            1,
            "is UTF-16, which Python refuses",
            "save it as UTF-8.",
        ),
    ],
)
def test_what_python_refuses_is_said_with_its_line(
    data: bytes, line: int, text: str, fix: str
) -> None:
    with pytest.raises(SyntaxError):
        ast.parse(data)

    with pytest.raises(SourceError) as caught:
        decode_python(data)

    assert (caught.value.line, caught.value.text, caught.value.fix) == (line, text, fix)


def test_starlark_is_utf_8() -> None:
    assert decode_starlark("x = 'é'\n".encode()) == "x = 'é'\n"

    with pytest.raises(SourceError) as caught:
        decode_starlark(b"# coding: latin-1\n# \xe9\n")

    assert caught.value.line == 2
    assert caught.value.text == "holds the byte 0xe9, which is not UTF-8"


def test_files_are_read(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"# coding: latin-1\n# \xe9\n")

    assert read_python(file) == "# coding: latin-1\n# é\n"
    assert read_starlark(file) == "# coding: latin-1\n# \ufffd\n"
