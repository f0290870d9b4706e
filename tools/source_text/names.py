"""Which file names //:fix writes into a BUILD file."""

import re

# What every Bazel takes in a label, in a list of arguments and in a file of arguments alike.
TAKEN = re.compile(r"[A-Za-z0-9_.+~/-]+")


RENAME = "rename it: letters of ASCII, digits, and _ . + - ~ are taken."


def odd_letters(path: str) -> str:
    """Return the letters, quoted, for which a file can't be named in a BUILD file."""
    odd = sorted({letter for letter in path if not TAKEN.fullmatch(letter)})
    return ", ".join(f'"{o}"' if o.isprintable() else ascii(o) for o in odd)


def refusal(path: str) -> str:
    """Return why a file can't be named in a BUILD file; nothing where it can.

    Args:
        path: the file's path from the root.
    """
    odd = odd_letters(path)
    return odd and (
        f"{ascii(path)[1:-1]}: its name holds {odd}, which Bazel can't take in every "
        f"place.\nFix: {RENAME}"
    )
