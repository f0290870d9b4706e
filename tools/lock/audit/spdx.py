"""Says the licence of a distribution as an SPDX expression, and whether it may be used.

What says it best wins: an expression, classifiers, the words of the authors.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from packaging.licenses import (
    InvalidLicenseExpression,
    canonicalize_license_expression,
)

from tools.lock.audit.classifiers import classified

_WORDS = re.compile(r"[()]|[^\s()]+(?: WITH [^\s()]+)?")


def canonical(text: str) -> str | None:
    """Return an SPDX expression in its one form, or None for what is none."""
    try:
        return canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return None


def expression(written: str, classifiers: Iterable[str], words: str) -> str | None:
    """Return the licence of a distribution, or None where its metadata doesn't say it.

    Args:
        written: its License-Expression.
        classifiers: all its classifiers.
        words: its License.
    """
    if written and (found := canonical(written)):
        return found
    return classified(classifiers) or canonical(words)


def permitted(expression: str, known: Collection[str]) -> bool:
    """Return whether a licence of an expression may be chosen; `AND` needs both.

    Args:
        expression: in its canonical form.
        known: the licences that may be used. An exception only permits more: the
            licence without it is enough.
    """
    return _any_of(iter(_WORDS.findall(expression)), known)


def _any_of(words: Iterator[str], known: Collection[str]) -> bool:
    """Read up to the closing bracket, or the end."""
    groups = [True]
    for word in words:
        if word == "OR":
            groups.append(True)
        elif word == "(":
            groups[-1] &= _any_of(words, known)
        elif word == ")":
            break
        elif word != "AND":
            groups[-1] &= not {word, word.partition(" ")[0]}.isdisjoint(known)
    return any(groups)
