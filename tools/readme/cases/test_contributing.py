"""What CONTRIBUTING.md and AGENTS.md tell to write and run, done in their order."""

import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tools.nested.checkout import CHECKS_OF_THE_TREE, Checkout

FILE = r"`(?P<path>[\w/.]+)`(?P<end>, at its end)?:\n\n```python\n(?P<text>.*?)^```$"
CALLS = r"^```console\n(?P<calls>.*?)^```$"
STEP = re.compile(f"^{FILE}|{CALLS}", re.MULTILINE | re.DOTALL)
COMMAND = "$ ./bazelw "


class Call(NamedTuple):
    """A command of the page, and what it shows that the command prints."""

    words: list[str]
    printed: list[str]


def calls_of(text: str) -> Iterator[Call]:
    """Yield the commands of a block."""
    call = Call([], [])
    for line in text.splitlines():
        if line.startswith(COMMAND):
            call = Call(shlex.split(line.removeprefix(COMMAND)), [])
            yield call
        else:
            call.printed.append(line)


@pytest.mark.parametrize(
    ("page", "first", "counts", "made"),
    [
        (
            "CONTRIBUTING.md",
            "## Add a library",
            (9, 6),
            "bazel-bin/services/shop/image/index.json",
        ),
        (
            "AGENTS.md",
            "## From nothing to an endpoint",
            (6, 5),
            "services/shop/BUILD.bazel",
        ),
    ],
)
def test_page_is_true_from_its_first_library_to_its_last_command(
    checkout: Checkout, page: str, first: str, counts: tuple[int, int], made: str
) -> None:
    text = (checkout.root / page).read_text(encoding="utf-8")
    found = list(STEP.finditer(text, text.index(first)))
    ran = 0

    for step in found:
        if path := step["path"]:
            file = checkout.root / path
            before = file.read_text(encoding="utf-8") if step["end"] else ""
            checkout.write(path, before + step["text"])
        for call in list(calls_of(step["calls"] or "")):
            got = checkout.bazel(*call.words)
            assert got.exit_code == 0, got.text
            assert call.printed == [it for it in call.printed if it in got.stdout]
            ran += 1

    assert (len(found), ran) == counts
    assert (checkout.root / made).is_file()
    assert checkout.bazel("test", *CHECKS_OF_THE_TREE).exit_code == 0
