"""Fails where a report holds a finding that no baseline knows; a build action.

Invoked by Bazel as: verdict --report=FILE --output=FILE --check=NAME [--target=LABEL]
[--baseline=PATH_FROM_ROOT=FILE]… [--record-fix=COMMAND]

The check itself always succeeds and leaves a report, so that its findings are cached
too; this program is what fails. Its output is an empty file. For an empty report that no baseline is held against
Bazel doesn't start it.
"""

from collections.abc import Sequence

from tools.findings.judge import judge


def read_options(argv: Sequence[str]) -> dict[str, list[str]]:
    """Return the values of each option; argparse would cost more than all the rest."""
    options: dict[str, list[str]] = {}
    for argument in argv:
        name, _, value = argument.removeprefix("--").partition("=")
        options.setdefault(name, []).append(value)
    return options


def main(argv: Sequence[str]) -> int:
    """Judge one report."""
    options = read_options(argv)
    if not judge(options):
        return 1
    with open(options["output"][0], "wb"):
        return 0
