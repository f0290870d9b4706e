"""Writes what Pyrefly finds in a target's files, and the target's interface; the program of the action PyreflyCheck.

Invoked by Bazel as: pyrefly_findings --report=FILE --interface=FILE --pyrefly=PROGRAM --target=LABEL
--config=pyproject.toml --source=PATH=FILE… --below=FILE… --root=FOLDER… --site=FOLDER… [--silent]
Exits 0 for findings too: the report is what is cached, and another action fails on it.

Pyrefly sees a folder that holds the target's own sources and, of all first-party code below it, the interfaces.
Distributions are read where they lie.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.checks.interface import UNKNOWN, interface_of
from tools.checks.own_folder import lay_out, own_folder, run_in
from tools.findings.finding import Finding, format_report, up_to_syntax
from tools.source_text.decoding import SourceError, decode_python

COMMAND = (
    "check",
    "--threads=1",
    "--summary=none",
    "--min-severity=error",
    "--output-format=json",
    # What can be imported is what is listed, not what is found on the machine.
    "--disable-search-path-heuristics",
    "--skip-interpreter-query",
)
FIXES = {"missing-import": "bazel run //:fix, if it is there and no dep has it."}
SYNTAX = "pyrefly/parse-error"
SETTINGS = "pyproject.toml"

type Options = Mapping[str, Sequence[str]]


class PyreflyError(Exception):
    """Pyrefly could not do its work; that is no finding."""


def run_pyrefly(program: str, arguments: Sequence[str], folder: Path) -> str:
    """Return Pyrefly's answer about files of a folder."""
    got = run_in(folder, program, [*COMMAND, *arguments])
    # It exits with 1 for findings and for settings that it can't read.
    if got.exit_code not in (0, 1) or not got.stdout:
        raise PyreflyError(f"Pyrefly failed (exit {got.exit_code}):\n{got.stderr}")
    return got.stdout


def read_findings(answer: str, target: str) -> Iterator[Finding]:
    """Yield the findings of an answer of Pyrefly's."""
    for error in json.loads(answer)["errors"]:
        yield Finding(
            path=error["path"],
            line=error["line"],
            column=error["column"],
            rule=f"pyrefly/{error['name']}",
            text=" ".join(error["concise_description"].split()),
            fix=FIXES.get(error["name"], ""),
            target=target,
        )


def check(options: Options, sources: dict[str, str]) -> str:
    """Return the report of one target."""
    settings = Path(options["--config"][0]).read_text("utf-8")
    roots = (*options.get("--root", ()), ".")
    sites = map(os.path.abspath, options.get("--site", ()))
    arguments = [
        f"--config={SETTINGS}",
        *(f"--search-path={root}" for root in roots),
        *(f"--site-package-path={site}" for site in sites),
        # A stub stands for the module beside it.
        *(path for path in sources if f"{path}i" not in sources),
    ]
    with own_folder(options["--report"][0]) as folder:
        for below in options.get("--below", ()):
            lay_out(folder, json.loads(Path(below).read_bytes()))
        lay_out(folder, sources | {SETTINGS: settings})
        answer = run_pyrefly(options["--pyrefly"][0], arguments, folder)
    findings = read_findings(answer, options["--target"][0])
    return format_report(up_to_syntax(findings, SYNTAX))


def read_sources(named: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts of sources and their interfaces, by their paths.

    One that Python refuses to read has no text: another check reports it.
    """
    texts, interfaces = {}, {}
    for path, _, file in (source.partition("=") for source in named):
        try:
            texts[path] = decode_python(Path(file).read_bytes())
            interfaces[path] = interface_of(texts[path])
        except SourceError:
            interfaces[path] = UNKNOWN
    return texts, interfaces


def main(argv: Sequence[str]) -> int:
    """Check one target."""
    options: dict[str, list[str]] = {}
    for argument in argv:
        name, _, value = argument.partition("=")
        options.setdefault(name, []).append(value)
    sources, interfaces = read_sources(options["--source"])
    is_checked = sources and "--silent" not in options
    report = check(options, sources) if is_checked else ""
    Path(options["--report"][0]).write_text(report, encoding="utf-8")
    Path(options["--interface"][0]).write_text(json.dumps(interfaces), encoding="utf-8")
    return 0
