"""The prompt: Python's own `code`, with completion where there is a terminal."""

import code
import rlcompleter
import sys

if __name__ == "__main__":
    names: dict[str, object] = {"__name__": "__main__"}
    if sys.stdin.isatty():
        import readline

        readline.set_completer(rlcompleter.Completer(names).complete)
        readline.parse_and_bind("tab: complete")
        code.interact(banner=f"Python {sys.version}", local=names, exitmsg="")
    else:
        sys.ps1 = sys.ps2 = ""
        code.interact(banner="", local=names, exitmsg="")
