"""Writes what ruff finds in a target's files; the program of the action RuffCheck.

Invoked by Bazel as: ruff_findings --report=FILE --ruff=PROGRAM --target=LABEL
--config=pyproject.toml SOURCE…
Exits 0 for findings too: the report is what is cached, and another action fails on it.
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.checks.own_folder import lay_out, own_folder, run_in
from tools.findings.finding import Finding, format_report, up_to_syntax
from tools.source_text.decoding import SourceError, decode_python

# `concise` alone writes paths from the root; the others write the sandbox's.
COMMAND = ("check", "--exit-zero", "--quiet", "--no-cache", "--output-format=concise")
LINE = re.compile(
    r"(?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+): "
    r"(?P<rule>[\w-]+):? (?P<fixable>\[\*\] )?(?P<text>.*)"
)
SYNTAX = "ruff/invalid-syntax"

# What takes a whole file, or a part of one without a reason, away from a check.
SWITCHES = {
    "ruff": re.compile(r"\s*#\s*(ruff|flake8):\s*noqa\s*$"),
    "pyrefly": re.compile(r"\s*#\s*pyrefly:\s*ignore-errors"),
    "black": re.compile(r"\s*#\s*fmt:\s*(off|skip)"),
}


class RuffError(Exception):
    """ruff failed, or said something that can't be read."""


def read_findings(report: str, target: str) -> Iterator[Finding]:
    """Yield the findings of a report of ruff's."""
    # Not `splitlines`: a text may hold what that splits at.
    for line in filter(None, report.split("\n")):
        found = LINE.fullmatch(line)
        if not found:
            raise RuffError(f"ruff's report has a line of another form: {line}")
        path, rule = found["path"], found["rule"]
        yield Finding(
            path=path,
            line=int(found["line"]),
            column=int(found["column"]),
            rule=f"ruff/{rule}",
            text=found["text"],
            fix=f"bazel run //:fix -- {path}" if found["fixable"] else "",
            target=target,
        )


def read_switches(path: str, text: str, target: str) -> Iterator[Finding]:
    """Yield the lines of a file that switch a check off."""
    for number, line in enumerate(text.split("\n"), 1):
        for check, switch in SWITCHES.items():
            if switch.match(line):
                yield Finding(
                    path=path,
                    line=number,
                    column=1,
                    rule="ruff/switched-off",
                    text=f'switches {check} off: "{line.strip()}"',
                    fix=f'take it out, or tag the target "no-{check}=<why>".',
                    target=target,
                )


def read_sources(paths: Sequence[str]) -> dict[str, str]:
    """Return the text of each source that Python reads; the import check reports others."""
    texts = {}
    for path in paths:
        try:
            texts[path] = decode_python(Path(path).read_bytes())
        except SourceError:
            continue
    return texts


def run_ruff(
    program: str,
    config: str,
    plain: Sequence[str],
    recoded: Mapping[str, str],
    report: str,
) -> str:
    """Return ruff's report.

    Args:
        program: ruff.
        config: the file of its settings.
        plain: the sources that it can read.
        recoded: the texts of others.
        report: a path; a folder beside it is made and taken away.

    Raises:
        RuffError: ruff failed.
    """
    if not plain and not recoded:
        return ""
    with own_folder(report) as folder:
        for path in plain:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).symlink_to(os.path.abspath(path))
        lay_out(folder, recoded)
        named = [f"--config={os.path.abspath(config)}", *plain, *recoded]
        got = run_in(folder, program, [*COMMAND, *named])
    if got.exit_code:
        raise RuffError(f"ruff failed (exit {got.exit_code}): {got.stderr}")
    return got.stdout


def is_utf_8(path: str) -> bool:
    """Return whether ruff can read a file: it knows no other encoding."""
    try:
        Path(path).read_bytes().decode()
    except UnicodeDecodeError:
        return False
    return True


def find(
    program: str, config: str, sources: Sequence[str], report: str, target: str
) -> list[Finding]:
    """Return what ruff finds in sources, and what switches a check off there.

    Raises:
        RuffError: ruff failed.
    """
    texts = read_sources(sources)
    plain = [path for path in texts if is_utf_8(path)]
    recoded = {path: texts[path] for path in texts if path not in plain}
    said = run_ruff(program, config, plain, recoded, report)
    findings = [
        finding._replace(fix="") if finding.path in recoded else finding
        for finding in read_findings(said, target)
    ]
    for path in texts:
        findings += read_switches(path, texts[path], target)
    return up_to_syntax(findings, SYNTAX)


def main(argv: Sequence[str]) -> int:
    """Report every file."""
    options = {}
    sources = []
    for argument in argv:
        name, equals, value = argument.partition("=")
        if equals and name.startswith("--"):
            options[name] = value
        else:
            sources.append(argument)
    report = options["--report"]
    try:
        findings = find(
            options["--ruff"],
            options["--config"],
            sources,
            report,
            options["--target"],
        )
    except RuffError as error:
        print(error, file=sys.stderr)
        return 2
    Path(report).write_text(format_report(findings), encoding="utf-8")
    return 0
