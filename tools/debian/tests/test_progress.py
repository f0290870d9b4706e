"""Tests of telling progress."""

import io
import re
from collections.abc import Iterable

from tools.debian.root import progress

SAID = (
    "I: running apt-get update...",
    "I: downloading packages with apt...",
    "0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.",
    "Need to get 30.3 MB of archives.",
    "Unpacking libc6:amd64 (2.43-7) ...",
    "I: installing remaining packages inside the chroot...",
    "0 upgraded, 3 newly installed, 0 to remove and 0 not upgraded.",
    "Need to get 999 MB of archives.",
    "Get:1 mirror forky/main amd64 git",
    None,
    "Selecting previously unselected package git.",
    "Unpacking git (1) ...",
    "Unpacking curl (1) ...",
    "Setting up git (1) ...",
    None,
)


def told(lines: Iterable[str | None]) -> list[str]:
    stream = io.StringIO()
    progress.follow(lines, progress.Progress(total=5, stream=stream))
    return [re.sub(r" \(\d+ s\)$", "", line) for line in stream.getvalue().splitlines()]


def test_steps_are_numbered_and_silences_say_how_far_it_is() -> None:
    got = told(SAID)

    assert got == [
        "bazelw: [1/5] fetching the package lists",
        "bazelw: [2/5] making the base system",
        "bazelw:       2 packages, 30.3 MB",
        "bazelw: [3/5] downloading Bazel, Python and the host tools",
        "bazelw:       3 packages, 999 MB",
        "bazelw:       1 downloaded of 3",
        "bazelw: [4/5] installing them",
        "bazelw:       2 unpacked, 1 set up of 3",
    ]


def test_silence_before_anything_was_counted_is_told() -> None:
    assert told([None]) == ["bazelw:       still at it"]


def test_lines_of_a_stream_come_in_order_and_end() -> None:
    got = list(progress.lines_or_pauses(io.StringIO("a\nb \n")))

    assert got == ["a", "b"]
