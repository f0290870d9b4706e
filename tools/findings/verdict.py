"""Fails where a report holds a finding that no baseline knows; a build action.

Invoked by Bazel as: verdict --report=FILE --output=FILE --check=NAME [--target=LABEL]
[--baseline=PATH_FROM_ROOT=FILE]… [--record-fix=COMMAND]

The check itself always succeeds and leaves a report, so that its findings are cached
too; this program is what fails. Its output is an empty file.
"""

from collections.abc import Sequence


def read_options(argv: Sequence[str]) -> dict[str, list[str]]:
    """Return the values of each option; argparse would cost more than all the rest."""
    options: dict[str, list[str]] = {}
    for argument in argv:
        name, _, value = argument.removeprefix("--").partition("=")
        options.setdefault(name, []).append(value)
    return options


def is_empty(file: str) -> bool:
    """Return whether a file holds nothing."""
    with open(file, "rb") as opened:
        return not opened.read(1)


def main(argv: Sequence[str]) -> int:
    """Judge one report."""
    options = read_options(argv)
    if "baseline" in options or not is_empty(options["report"][0]):
        # Nearly every report is empty; what judges the others takes 20 ms to import.
        from tools.findings.judge import judge  # noqa: PLC0415

        if not judge(options):
            return 1
    with open(options["output"][0], "wb"):
        return 0
