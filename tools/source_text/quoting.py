"""Writes text as Starlark, as buildifier leaves it."""


def quoted(text: str) -> str:
    """Return a string of one line in double quotes."""
    return '"' + _escaped(text).replace('"', '\\"') + '"'


def docstring(text: str) -> str:
    """Return the docstring of a file: the text's one line in triple quotes.

    Letters that don't print become spaces, and a run of spaces one.
    """
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    inside = _escaped(" ".join(plain.split())).replace('"""', '\\"\\"\\"')
    if inside.endswith('"'):
        inside = inside[:-1] + '\\"'
    return f'"""{inside}"""'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")
