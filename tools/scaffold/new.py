"""Makes a project: sources, tests, BUILD files, image.

Invoked as: bazel run //:new -- library NAME | service NAME [--kind http|worker|job] | tool NAME [--dry-run]
It copies a template of //tools/scaffold, has //:fix write what BUILD files lack, and adds the project's row to the map
of the README. `--dry-run` prints what it would write. Exits 1 where a name can't work, 2 where it could not run.
"""

import argparse
import keyword
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.build_files.taken_names import distribution_names
from tools.fix import fix
from tools.fix.programs import add_programs
from tools.workspace.folder import WorkspaceError, workspace_folder

TEMPLATES = Path(__file__).with_name("templates")
DISTRIBUTIONS = "tools/imports/distributions/distributions.txt"
FOLDERS = {"library": "libs", "service": "services", "tool": "tools"}
KINDS = ("http", "worker", "job")

# The word that stands for the project's name in a template.
WORD = "newproject"
LONGEST = 40
# Names by which Bazel, pytest or this repository mean something else.
RESERVED = frozenset({"cases", "external", "platform", "test", "testing", "tests"})

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ROW = re.compile(r"^\| `(?P<folder>[^`]+)` \|.*$", re.MULTILINE)


class NameRefusedError(Exception):
    """A name that can't work; its text is for the user."""


def refusal(name: str, distributions: Mapping[str, str]) -> str:
    """Return why a name can't be a project's; empty where it can.

    Args:
      name: the name.
      distributions: the locked distribution of each first part of a module's name.
    """
    reasons = {
        "it is no name of a module: wanted lower case letters, digits and _, a letter first": (
            not _NAME.fullmatch(name)
        ),
        f"it has {len(name)} characters, wanted at most {LONGEST}": len(name) > LONGEST,
        "it is a keyword of Python": keyword.iskeyword(name)
        or keyword.issoftkeyword(name),
        "the repository means something else by it": name in RESERVED,
        f'Python\'s own module "{name}" has it': name in sys.stdlib_module_names,
        f'the module "{name}" of {distributions.get(name)} has it': name
        in distributions,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


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


def with_row(readme: str, folder: str, text: str) -> str:
    """Return a README whose map has a project's row, in the order of the others."""
    top = folder.partition("/")[0]
    rows = [row for row in _ROW.finditer(readme) if row["folder"].startswith(f"{top}/")]
    before = [row for row in rows if row["folder"] < folder]
    row = f"| `{folder}` | {text} |\n"
    if before:
        place = before[-1].end() + 1
    elif rows:
        place = rows[0].start()
    else:
        # The first project of its kind stands before the row of all tools.
        found = re.search(r"^\| `tools/` \|", readme, re.MULTILINE)
        if not found:
            return readme
        place = found.start()
    return readme[:place] + row + readme[place:]


def plan(root: Path, options: argparse.Namespace) -> dict[str, str]:
    """Return the files to write, by their paths from the root.

    Raises:
      NameRefusedError: the name can't work.
    """
    folder = f"{FOLDERS[options.what]}/{options.name}"
    locked = (root / DISTRIBUTIONS).read_text(encoding="utf-8")
    reason = refusal(options.name, distribution_names(locked))
    if not reason and (root / folder).exists():
        reason = f"{folder} is there already"
    if reason:
        raise NameRefusedError(f'"{options.name}": {reason}.\nFix: take another name.')
    kind = options.kind if options.what == "service" else options.what
    files = made(TEMPLATES / kind, folder, options.name)
    readme = "tools/README.md" if options.what == "tool" else "README.md"
    row = options.name if options.what == "tool" else folder
    text = (root / readme).read_text(encoding="utf-8")
    if options.what == "tool":
        return files | {readme: with_tool_row(text, row)}
    return files | {readme: with_row(text, row, f"the {options.what} {options.name}")}


def with_tool_row(readme: str, name: str) -> str:
    """Return the README of the tools with a tool's row at the end of its table."""
    last = list(_ROW.finditer(readme))[-1]
    row = f"\n| `{name}` | greets somebody |"
    return readme[: last.end()] + row + readme[last.end() :]


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="bazel run //:new --",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_programs(parser, "ruff", "buildifier", "buildozer")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    parser.add_argument("--kind", choices=KINDS, default="http", help="of a service")
    parser.add_argument("what", choices=FOLDERS)
    parser.add_argument("name", metavar="NAME")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Make the project."""
    options = parse_arguments(argv)
    try:
        root = workspace_folder()
        files = plan(root, options)
    except NameRefusedError as error:
        print(error, file=sys.stderr)
        return 1
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    for path, text in files.items():
        if options.dry_run:
            print(f"--- {path}\n{text}", end="")
            continue
        print(f"{'changed' if (root / path).exists() else 'wrote'} {path}")
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    if options.dry_run:
        return 0
    names = ("ruff", "buildifier", "buildozer")
    programs = [f"--{name}={getattr(options, name)}" for name in names]
    return fix.main([*programs, f"{FOLDERS[options.what]}/{options.name}"])


if __name__ == "__main__":
    sys.exit(main())
