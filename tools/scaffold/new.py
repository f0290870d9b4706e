"""Makes a project: sources, tests, BUILD files, image.

Invoked as: bazel run //:new -- library NAME | service NAME [--kind http|worker|job] | tool NAME
  [--top FOLDER] [--dry-run]
It copies a template of //tools/scaffold, has //:fix write what BUILD files lack, and adds the project's row to the map
of the README. `--dry-run` prints the diff. Exits 1 where a name can't work, 2 where it could not run.

Examples:
  bazel run //:new -- library price
  bazel run //:new -- service shop --kind worker --dry-run
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.fix.build_edits import diff
from tools.scaffold.command import fix_files, project_parser, run, write
from tools.scaffold.projects import new_folder, refuse_new, row_of, with_row

TEMPLATES = Path(__file__).with_name("templates")
WHAT = ("library", "service", "tool")
KINDS = ("http", "worker", "job")

# The word that stands for the project's name in a template.
WORD = "newproject"


def made(template: Path, folder: str, name: str) -> dict[str, str]:
    """Return the files of a new project, by their paths from the root.

    Args:
      template: the template's folder.
      folder: the project's folder from the root.
      name: its name.
    """
    package = f"tools.scaffold.templates.{template.name}"
    files = {}
    for source in sorted(path for path in template.rglob("*") if path.is_file()):
        if source.suffix not in {".py", ".template"}:
            continue
        text = source.read_text(encoding="utf-8")
        text = text.replace(package, folder.replace("/", "."))
        text = text.replace(WORD, name).replace(WORD.upper(), name.upper())
        path = str(source.relative_to(template)).replace(WORD, name)
        files[f"{folder}/{path.replace('BUILD.template', 'BUILD.bazel')}"] = text
    return files


def plan(root: Path, options: argparse.Namespace) -> tuple[str, dict[str, str]]:
    """Return the project's folder, and the files to write by their paths from the root.

    Raises:
      RefusedError: the name can't work.
    """
    folder = new_folder(options.what, options.name, options.top)
    refuse_new(root, folder)
    kind = options.kind if options.what == "service" else options.what
    files = made(TEMPLATES / kind, folder, options.name)
    readme, row = row_of(folder)
    text = (root / readme).read_text(encoding="utf-8")
    is_tool = options.what == "tool"
    about = "greets somebody" if is_tool else f"the {options.what} {options.name}"
    return folder, files | {readme: with_row(text, row, about)}


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = project_parser("//:new", __doc__)
    parser.add_argument("--kind", choices=KINDS, default="http", help="of a service")
    parser.add_argument("--top", default="", help="the folder; the first of its kind")
    parser.add_argument("what", choices=WHAT)
    parser.add_argument("name", metavar="NAME")
    return parser.parse_args(argv)


def new(root: Path, options: argparse.Namespace) -> int:
    """Make the project, and return the exit code.

    Raises:
      RefusedError: the name can't work.
    """
    folder, files = plan(root, options)
    if options.dry_run:
        there = [path for path in files if (root / path).exists()]
        before = {path: (root / path).read_text(encoding="utf-8") for path in there}
        sys.stdout.write(diff(before, files))
        return 0
    write(root, files)
    return fix_files(root, options, [path for path in files if path.startswith(folder)])


def main(argv: Sequence[str] | None = None) -> int:
    """Make a project."""
    return run(new, parse_arguments(argv))


if __name__ == "__main__":
    sys.exit(main())
