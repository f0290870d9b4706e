"""What CONTRIBUTING.md tells to write and to run, written and run in its order."""

import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

from tools.nested.checkout import CHECKS_OF_THE_TREE, Checkout

FIRST = "## Add a library"
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


def test_page_is_true_from_its_first_library_to_its_image(checkout: Checkout) -> None:
    page = (checkout.root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    steps = list(STEP.finditer(page, page.index(FIRST)))
    ran = 0

    for step in steps:
        if path := step["path"]:
            file = checkout.root / path
            before = file.read_text(encoding="utf-8") if step["end"] else ""
            checkout.write(path, before + step["text"])
        for call in list(calls_of(step["calls"] or "")):
            got = checkout.bazel(*call.words)
            assert got.exit_code == 0, got.text
            assert call.printed == [it for it in call.printed if it in got.stdout]
            ran += 1

    assert (len(steps), ran) == (9, 6)
    assert (checkout.root / "bazel-bin/services/shop/image/index.json").is_file()
    assert checkout.bazel("test", *CHECKS_OF_THE_TREE).exit_code == 0
