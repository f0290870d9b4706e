"""Which file names //:fix writes into a BUILD file."""

import re

# What every Bazel takes in a label, in a list of arguments and in a file of arguments alike.
TAKEN = re.compile(r"[A-Za-z0-9_.+~/-]+")


def refusal(path: str) -> str:
    """Return why a file can't be named in a BUILD file; nothing where it can.

    Args:
        path: the file's path from the root.
    """
    if TAKEN.fullmatch(path):
        return ""
    odd = sorted({letter for letter in path if not TAKEN.fullmatch(letter)})
    shown = ", ".join(
        f'"{letter}"' if letter.isprintable() else ascii(letter) for letter in odd
    )
    return (
        f"{ascii(path)[1:-1]}: its name holds {shown}, which Bazel can't take in every place.\n"
        "Fix: rename it: letters of ASCII, digits, and _ . + - ~ are taken."
    )
