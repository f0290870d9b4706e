"""What the commands for projects share: their options, the diff, and //:fix after them."""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tools.fix import fix
from tools.fix.programs import add_programs, is_python, is_starlark
from tools.scaffold.projects import RefusedError
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError, workspace_folder

PROGRAMS = ("ruff", "buildifier", "buildozer")


def project_parser(program: str, text: str | None) -> argparse.ArgumentParser:
    """Return the parser of a command whose help is its module's docstring."""
    parser = plain_parser(program, text)
    parser.allow_abbrev = False
    add_programs(parser, *PROGRAMS)
    parser.add_argument("--dry-run", action="store_true", help="print the diff only")
    return parser


def run(
    action: Callable[[Path, argparse.Namespace], int], options: argparse.Namespace
) -> int:
    """Do what a command is for in the workspace, and return its exit code."""
    try:
        return action(workspace_folder(), options)
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 1
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2


def write(root: Path, texts: Mapping[str, str]) -> None:
    """Write files, and print which; what is no UTF-8 in them stays as it was read."""
    for path, text in texts.items():
        print(f"{'changed' if (root / path).exists() else 'wrote'} {path}")
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode(errors="surrogateescape"))


def fix_files(root: Path, options: argparse.Namespace, paths: Iterable[str]) -> int:
    """Have //:fix settle what the sources and BUILD files among some files need."""
    wanted = sorted(p for p in paths if is_python(p) or is_starlark(p))
    there = [path for path in wanted if (root / path).is_file()]
    programs = [f"--{name}={getattr(options, name)}" for name in PROGRAMS]
    return fix.main([*programs, *there]) if there else 0
