"""Tests that the page's colours never change a source's text."""

import html
import re
from pathlib import Path

import coverage
import pytest
from coverage.phystokens import source_token_lines
from hypothesis import given
from hypothesis import strategies as st

from tools.test_coverage.html.highlight import highlighted, plain

# Kinds of coverage.py's tokens that have a colour. f-strings are left out: see below.
_KINDS = {"key", "str", "num", "com"}


def text_of(line: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", line))


def kinds_of(line: str) -> list[tuple[str, str]]:
    found = re.findall(r'<span class="(\w+)">(.*?)</span>', line)
    return [(kind, html.unescape(text)) for kind, text in found]


def test_each_kind_has_its_class() -> None:
    got = highlighted("if x == 1.5e-3:  # <why>\n    y = f'{x}<'\n")

    assert got == [
        '<span class="key">if</span> x == <span class="num">1.5e-3</span>:  '
        '<span class="com"># &lt;why&gt;</span>',
        "    y = <span class=\"str\">f'{x}&lt;'</span>",
    ]


def test_string_of_many_lines_is_marked_in_each() -> None:
    assert highlighted('"""a\n# b\n"""\n') == [
        '<span class="str">"""a</span>',
        '<span class="str"># b</span>',
        '<span class="str">"""</span>',
    ]


def test_words_are_keywords_where_the_grammar_says_so() -> None:
    source = "match = type\n\nmatch match:\n    case [1]:\n        type A[T] = int\n"

    got = [kinds_of(line) for line in highlighted(source)]

    assert got[0] == []
    assert got[2] == [("key", "match")]
    assert got[3] == [("key", "case"), ("num", "1")]
    assert got[4] == [("key", "type")]


def test_line_ends_are_those_that_coverage_counts() -> None:
    assert highlighted("a\r\nb\rc\n") == ["a", "b", "c"]
    assert plain("a\r\nb<\n\n") == ["a", "b&lt;", ""]


@given(st.text(alphabet="ab1 '\"\\\n#<>&{}()rf:=\t"))
def test_any_text_keeps_its_characters_and_gains_no_markup(source: str) -> None:
    got = highlighted(source)

    assert [text_of(line) for line in got] == [text_of(line) for line in plain(source)]
    for line in got:
        assert "<" not in re.sub(r'<span class="\w+">|</span>', "", line)


@pytest.mark.parametrize("module", ["parser", "data", "html", "results", "cmdline"])
def test_real_sources_look_as_by_the_tokenizer(module: str) -> None:
    source = Path(coverage.__file__).with_name(f"{module}.py").read_text()

    got = [kinds_of(line) for line in highlighted(source)]

    for line, tokens in zip(got, source_token_lines(source), strict=True):
        if not any(kind in ("fst", "tst") for kind, _ in tokens):
            assert line == [(kind, text) for kind, text in tokens if kind in _KINDS]
