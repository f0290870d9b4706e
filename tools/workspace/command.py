"""The form that commands have: help with examples, data on stdout, talk on stderr."""

import argparse
import difflib
import json
import sys
from collections.abc import Iterable

VERSION = 1


def plain_parser(program: str, text: str | None) -> argparse.ArgumentParser:
    """Return the parser of a command whose help is its module's docstring.

    That says what it is for, how it is called, and what its exit codes mean.

    Args:
        program: the label that `bazel run` starts.
        text: the docstring.
    """
    return argparse.ArgumentParser(
        prog=f"bazel run {program} --",
        description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def command_parser(program: str, text: str | None) -> argparse.ArgumentParser:
    """Return the same of a command that prints data, for a person or for programs."""
    parser = plain_parser(program, text)
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="how to print the data; default: text",
    )
    return parser


def unknown_text(name: str, kind: str, known: Iterable[str]) -> str:
    """Return the sentence for a name that nothing has, with the nearest that something has."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0)
    hint = f"name another, such as {near[0]}." if near else f"there is no {kind} yet."
    return f"{name}: found no {kind} of that name.\nFix: {hint}"


def format_json(**fields: object) -> str:
    """Return the data of a command for other programs."""
    document = {"version": VERSION, **fields}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def print_json(**fields: object) -> None:
    """Print the data of a command for other programs."""
    sys.stdout.write(format_json(**fields))
