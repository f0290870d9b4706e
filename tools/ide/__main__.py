"""Makes what an editor needs: `.venv` from the lock, and settings for VS Code and Pyright where there are none.

Invoked as: bazel run //tools/ide
`.venv` holds the build's Python, every locked distribution with its programs (black, ruff, pytest), and the first-party
code as it lies in the checkout: going to a definition opens the source. Made anew only where the lock, the Python or an
import root has changed. Settings that are there are left alone. Exits 0, or 1 where it can't be made.

Examples:
  bazel run //tools/ide
  .venv/bin/pytest libs/price
"""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.build_files.index import read_index
from tools.build_files.workspace import read_starlark_files
from tools.ide.environment import Environment, SetupError
from tools.workspace.command import plain_parser
from tools.workspace.files import seen_by_bazel
from tools.workspace.folder import WorkspaceError, workspace_folder

# What lies in a folder here goes to that folder of the workspace.
SETTINGS = {"vscode": ".vscode", "pyright": "."}


def import_roots(root: Path) -> tuple[str, ...]:
    """Return the folders that targets put on the import path, from the workspace."""
    known = seen_by_bazel(root)
    # The others take a second to be parsed, and have none.
    files = read_starlark_files(root, known)
    texts = {path: text for path, text in files.items() if "imports" in text}
    index, _ = read_index(known, texts)
    roots = {folder for call in index.targets.values() for folder in call.import_roots}
    return tuple(sorted(folder for folder in roots - {""} if (root / folder).is_dir()))


def put_settings(source: Path, folder: Path) -> list[Path]:
    """Copy the settings that a folder lacks, and return where they are now."""
    folder.mkdir(exist_ok=True)
    made = []
    for file in sorted(source.iterdir()):
        path = folder / file.name
        if not path.exists():
            shutil.copyfile(file, path)
            made.append(path)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Make the environment and the settings; return 1 where that can't be done."""
    parser = plain_parser("//tools/ide", __doc__)
    parser.add_argument("--uv", nargs="+", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    uv = next(
        path.absolute() for path in options.uv if path.parts[-2:] == ("bin", "uv")
    )
    try:
        root = workspace_folder()
        environment = Environment(root, uv, import_roots(root), os.environ)
        if environment.is_current():
            print(".venv is what the lock says")
        else:
            environment.make()
            print(
                f"made {environment.folder}: select {environment.folder}/bin/python in your editor.\n"
                ".venv/bin/pytest runs tests without what their targets give them: see docs/editor.md"
            )
        here = Path(__file__).parent
        made = [
            str(path.relative_to(root))
            for source, folder in SETTINGS.items()
            for path in put_settings(here / source, root / folder)
        ]
    except (SetupError, WorkspaceError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if made:
        print(f"made {', '.join(made)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
