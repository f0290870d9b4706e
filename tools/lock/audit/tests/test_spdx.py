"""Tests of licences as SPDX names them."""

import pytest

from tools.lock.audit import spdx

MIT = "License :: OSI Approved :: MIT License"
BSD = "License :: OSI Approved :: BSD License"


@pytest.mark.parametrize(
    ("written", "classifiers", "words", "expression"),
    [
        ("mit or apache-2.0", [BSD], "BSD", "MIT OR Apache-2.0"),
        ("", [MIT], "BSD-3-Clause", "MIT"),
        ("", [BSD], "BSD-3-Clause", "BSD-3-Clause"),
        ("", [MIT, BSD], "", None),
        ("", ["License :: OSI Approved", "Topic :: Software"], "MIT", "MIT"),
        ("", [], "see LICENSE", None),
        ("", [], "", None),
        ("no licence of SPDX", [MIT], "", "MIT"),
    ],
)
def test_a_licence_is_what_says_it_best(
    written: str, classifiers: list[str], words: str, expression: str | None
) -> None:
    assert spdx.expression(written, classifiers, words) == expression


@pytest.mark.parametrize(
    ("expression", "permitted"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only AND MIT", False),
        ("MIT AND (GPL-3.0-only OR ISC)", True),
        ("MIT AND (GPL-3.0-only OR Zlib)", False),
        ("(MIT AND ISC) OR GPL-3.0-only", True),
        ("GPL-3.0-only OR MIT AND Zlib", False),
        ("MIT WITH LLVM-exception", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("Apache-2.0", False),
    ],
)
def test_a_licence_may_be_chosen(expression: str, permitted: bool) -> None:
    known = {"MIT", "ISC", "Apache-2.0 WITH LLVM-exception"}

    assert spdx.permitted(expression, known) is permitted
