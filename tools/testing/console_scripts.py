"""The programs of the projects that a test depends on, as an installer would put them on the PATH.

A project says them by its entry points, which a `distribution_info` lays beside its modules.
"""

import os
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

# The kernel takes no path of an interpreter that is longer than a line of a sandbox; the shell does.
SCRIPT = """\
#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

sys.path[1:1] = [entry for entry in {path!r} if entry not in sys.path]
from {module} import {root}

sys.exit({call}())
"""


def write_scripts(folder: Path) -> None:
    """Write the programs of everything on the import path, and have the PATH begin with them."""
    folder.mkdir()
    for entry in entry_points(group="console_scripts"):
        file = folder / entry.name
        if not file.exists():
            file.write_text(script(entry), encoding="utf-8")
            file.chmod(0o755)
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def script(entry: EntryPoint) -> str:
    """Return a program that starts an entry point."""
    return SCRIPT.format(
        python=sys.executable,
        path=[os.path.abspath(folder) for folder in sys.path],
        module=entry.module,
        root=entry.attr.partition(".")[0],
        call=entry.attr,
    )
