"""Tests that generated Starlark holds the text it was given."""

import ast

import pytest

from tools.source_text.quoting import docstring, quoted


@pytest.mark.parametrize(
    ("text", "want", "kept"),
    [
        ("A shop.", '"""A shop."""', "A shop."),
        ('Says "hello"', '"""Says "hello\\""""', 'Says "hello"'),
        ("ends in \\", '"""ends in \\\\"""', "ends in \\"),
        ("Splits at \\d.", '"""Splits at \\\\d."""', "Splits at \\d."),
        ('Holds """ three.', '"""Holds \\"\\"\\" three."""', 'Holds """ three.'),
        ("'quotes'", '"""\'quotes\'"""', "'quotes'"),
        ("a\x07b\x0cc\x1b\u2028d", '"""a b c d"""', "a b c d"),
        ("Café – “q”", '"""Café – “q”"""', "Café – “q”"),
        ("{braces} %s", '"""{braces} %s"""', "{braces} %s"),
    ],
)
def test_docstring_holds_the_text(text: str, want: str, kept: str) -> None:
    assert docstring(text) == want
    assert ast.literal_eval(want) == kept


def test_string_is_escaped() -> None:
    assert quoted('a"b\\c.py') == '"a\\"b\\\\c.py"'
