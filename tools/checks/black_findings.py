"""Writes what black would change in a target's files; the program of the action BlackCheck.

Invoked by Bazel as: black_findings @ARGUMENTS, or as a persistent worker: black_findings --persistent_worker
The arguments: --report=FILE --config=pyproject.toml --target=LABEL SOURCE…
Exits 0 for findings too: the report is what is cached, and another action fails on it.
"""

import argparse
import contextlib
import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import black

from tools.findings.finding import Finding, format_report
from tools.py_action.start import start
from tools.source_text.decoding import SourceError, decode_python, encoding_of

FILE_HEADER_LINES = 2
HUNK = re.compile(r"@@ -(?P<line>\d+)")
UNCHANGED = " "
# black exits 0 too where its settings left it no file to look at.
UNCHANGED_FILE = "1 file would be left unchanged"
CANNOT_READ = re.compile(r"error: cannot (format|parse)(?P<text>.*)")
POSITION = re.compile(r"\b(?P<line>\d+):(?P<column>\d+)")


class BlackError(Exception):
    """black neither formats a file nor says that it can't be parsed."""


def find(path: str, config: str, target: str) -> list[Finding]:
    """Return the finding of one file; none where black would leave it alone.

    None either where Python refuses its bytes, as the import check reports.

    Raises:
        BlackError: it fails, or its settings leave the file out.
    """
    try:
        data = Path(path).read_bytes()
        decode_python(data)
    except SourceError:
        return []
    exit_code, written, talk = run_black(path, config)
    # black writes what it changes in the encoding of the source.
    diff = written.decode(encoding_of(data), errors="replace")
    # So it does with the source's line ends, carriage returns alone among them.
    diff = diff.replace("\r\n", "\n").replace("\r", "\n")
    if exit_code == 0 and UNCHANGED_FILE in talk:
        return []
    failure = CANNOT_READ.search(talk)
    if failure:
        return [unreadable(path, failure["text"], target)]
    # Not `splitlines`: a source's line may hold what that splits at.
    hunks = diff.removesuffix("\n").split("\n")[FILE_HEADER_LINES:]
    if exit_code != 1 or not hunks:
        raise BlackError(f"black failed on {path} (exit {exit_code}): {talk.strip()}")
    return [
        Finding(
            path=path,
            line=first_change(hunks),
            column=1,
            rule="black/format",
            text="not formatted as black formats it",
            fix="\n".join([f"bazel run //:fix -- {path}", *hunks]),
            target=target,
        )
    ]


def unreadable(path: str, text: str, target: str) -> Finding:
    """Return the finding that black can't parse a file."""
    at = POSITION.search(text)
    line, column = (int(at["line"]), int(at["column"])) if at else (0, 0)
    return Finding(
        path=path,
        line=line,
        column=column,
        rule="black/syntax",
        text="black can't parse it",
        fix="correct the syntax.",
        target=target,
    )


def first_change(hunks: Sequence[str]) -> int:
    """Return the line of the first change, past the context that its hunk begins with."""
    position = HUNK.match(hunks[0])
    start = int(position["line"]) if position else 1
    body = hunks[1:]
    context = next(
        (count for count, line in enumerate(body) if not line.startswith(UNCHANGED)), 0
    )
    return start + context


def run_black(path: str, config: str) -> tuple[int, bytes, str]:
    """Return the exit code, the diff and what black said of one file."""
    buffer = io.BytesIO()
    diff, talk = io.TextIOWrapper(buffer, "utf-8"), io.StringIO()
    arguments = ["--check", "--diff", f"--config={config}", path]
    with contextlib.redirect_stdout(diff), contextlib.redirect_stderr(talk):
        try:
            black.main(arguments)
            exit_code = 0
        except SystemExit as stop:
            exit_code = int(stop.code or 0)
        diff.flush()
    return exit_code, buffer.getvalue(), talk.getvalue()


def check(argv: Sequence[str]) -> int:
    """Report every file of one target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--config", required=True)
    parser.add_argument("--target", required=True)
    parser.add_argument("sources", nargs="+")
    arguments = parser.parse_args(argv)
    try:
        findings = [
            finding
            for path in arguments.sources
            for finding in find(path, arguments.config, arguments.target)
        ]
    except BlackError as error:
        print(error, file=sys.stderr)
        return 2
    arguments.report.write_text(format_report(findings), encoding="utf-8")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Serve, or check one target."""
    return start(check, sys.argv[1:] if argv is None else list(argv))


if __name__ == "__main__":
    sys.exit(main())
