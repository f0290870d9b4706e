"""What a person sees: lines of several programs, each behind the name of who says it."""

import sys
import threading
from collections.abc import Mapping

# Of https://en.wikipedia.org/wiki/ANSI_escape_code, those that can be read on black and on white.
_COLOURS = (36, 35, 32, 33, 34, 31)


class Screen:
    """Prints whole lines, from any thread."""

    def __init__(self, names: list[str], environ: Mapping[str, str]) -> None:
        self.width = max(map(len, names), default=0)
        coloured = sys.stdout.isatty() and not environ.get("NO_COLOR")
        colours = _COLOURS * (len(names) // len(_COLOURS) + 1)
        self.colours = dict(zip(names, colours, strict=False)) if coloured else {}
        self.lock = threading.Lock()

    def show(self, name: str, text: str) -> None:
        """Print each line of a text behind a name."""
        prefix = f"{name:<{self.width}} |"
        if name in self.colours:
            prefix = f"\x1b[{self.colours[name]}m{prefix}\x1b[0m"
        lines = "".join(f"{prefix} {line}\n" for line in text.splitlines())
        try:
            with self.lock:
                sys.stdout.write(lines)
                sys.stdout.flush()
        except OSError:
            # The terminal is closed, or who read this has gone: the services are stopped by a signal, if at all.
            return
