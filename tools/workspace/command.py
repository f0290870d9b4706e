"""The form that commands have: help with examples, data on stdout, talk on stderr."""

import argparse
import json
import sys

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


def format_json(**fields: object) -> str:
    """Return the data of a command for other programs."""
    document = {"version": VERSION, **fields}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def print_json(**fields: object) -> None:
    """Print the data of a command for other programs."""
    sys.stdout.write(format_json(**fields))
