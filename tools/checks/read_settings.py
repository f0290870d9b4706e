"""Copies the checkers' settings if they are TOML; each check of each target would say otherwise, in its own words.

Invoked by Bazel as: read_settings FROM TO
"""

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Copy them, or say on which line they can't be read."""
    source, copy = sys.argv[1:] if argv is None else argv
    data = Path(source).read_bytes()
    try:
        tomllib.loads(data.decode())
    except tomllib.TOMLDecodeError as error:
        place = f"{source}:{error.lineno}:{error.colno}"
        print(f"{place}: isn't TOML: {error.msg}.\nFix: correct it.", file=sys.stderr)
        return 1
    except UnicodeDecodeError as error:
        print(f"{source}: isn't UTF-8: {error}.\nFix: correct it.", file=sys.stderr)
        return 1
    Path(copy).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
