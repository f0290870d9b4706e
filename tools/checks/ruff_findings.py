"""Writes what ruff finds in a target's files; the program of the action RuffCheck.

Invoked by Bazel as: ruff_findings --report=FILE --ruff=PROGRAM --target=LABEL
--config=pyproject.toml SOURCE…
Exits 0 for findings too: the report is what is cached, and another action fails on it.
"""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.findings.finding import Finding, format_report

# `concise` alone writes paths from the root; the others write the sandbox's.
COMMAND = ("check", "--exit-zero", "--quiet", "--no-cache", "--output-format=concise")
LINE = re.compile(
    r"(?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+): "
    r"(?P<rule>[\w-]+):? (?P<fixable>\[\*\] )?(?P<text>.*)"
)

# What takes a whole file, or a part of one without a reason, away from a check.
SWITCHES = {
    "ruff": re.compile(r"\s*#\s*(ruff|flake8):\s*noqa\s*$"),
    "mypy": re.compile(r"\s*#\s*mypy:\s*(ignore-errors|disallow-.*=\s*false)", re.I),
    "black": re.compile(r"\s*#\s*fmt:\s*(off|skip)"),
}


class RuffError(Exception):
    """ruff failed, or said something that can't be read."""


def read_findings(report: str, target: str) -> Iterator[Finding]:
    """Yield the findings of a report of ruff's."""
    for line in filter(None, report.splitlines()):
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
    for number, line in enumerate(text.splitlines(), 1):
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


def run_ruff(program: str, arguments: Sequence[str], report: str) -> str:
    """Return ruff's report; it is written to a file beside `report` first."""
    output = f"{report}.ruff"
    command = [program, *COMMAND, f"--output-file={output}", *arguments]
    # Not subprocess: its import costs more than ruff.
    child = os.posix_spawn(program, command, os.environ)
    exit_code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if exit_code:
        raise RuffError(f"ruff failed (exit {exit_code}): {' '.join(command)}")
    text = Path(output).read_text(encoding="utf-8") if os.path.exists(output) else ""
    Path(output).unlink(missing_ok=True)
    return text


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
    arguments = [f"--config={options['--config']}", *sources]
    text = run_ruff(options["--ruff"], arguments, options["--report"])
    target = options["--target"]
    findings = list(read_findings(text, target))
    for source in sources:
        findings += read_switches(source, Path(source).read_text("utf-8"), target)
    Path(options["--report"]).write_text(format_report(findings), encoding="utf-8")
    return 0
