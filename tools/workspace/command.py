"""The form that commands have: help with examples, data on stdout, talk on stderr."""

import argparse
import json
import sys

VERSION = 1


def command_parser(program: str, text: str | None) -> argparse.ArgumentParser:
    """Return the parser of a command whose help is its module's docstring.

    That says what it is for, how it is called, and what its exit codes mean.

    Args:
        program: the label that `bazel run` starts.
        text: the docstring.
    """
    parser = argparse.ArgumentParser(
        prog=f"bazel run {program} --",
        description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="how to print the data; default: text",
    )
    return parser


def print_json(**fields: object) -> None:
    """Print the data of a command for other programs."""
    document = {"version": VERSION, **fields}
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
