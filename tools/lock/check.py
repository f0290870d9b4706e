"""Fails unless there is one version of everything: one lock, and it is the solution.

Invoked by Bazel as: check --report=FILE --files=INVENTORY --requirements=FILE
--lock=FILE [--build-file=FILE]… [--manifest=FILE]…
"""

import argparse
import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.findings.finding import Finding, format_report
from tools.lock.header import inputs_digest, read_header, solution_digest
from tools.lock.requirements import (
    Entry,
    RequirementsError,
    bazel_name,
    read_entries,
)

INPUTS = "requirements.in"
LOCK = "requirements_lock.txt"
UPDATE = "bazel run //:requirements.update"
DISTRIBUTION = re.compile(r"^@pip//([A-Za-z0-9_.-]+)")
# What other tools take for the list of a project's dependencies, by name.
OTHER_LOCKS = {
    "Pipfile",
    "Pipfile.lock",
    "conda-lock.yml",
    "pdm.lock",
    "poetry.lock",
    "setup.cfg",
    "setup.py",
    "uv.lock",
}
OTHER_PATTERNS = (
    re.compile(r"^requirements.*\.(txt|in)$"),
    re.compile(r"^constraints.*\.txt$"),
    re.compile(r"^pylock(\..+)?\.toml$"),
)


def at(path: str, line: int, rule: str, text: str, fix: str = UPDATE) -> Finding:
    """Return a finding of this check."""
    return Finding(path, line, 0, f"lock/{rule}", text, fix)


def digest_findings(inputs: str, lock: str, python: str) -> list[Finding]:
    """Hold the lock's header against the files."""
    header = read_header(lock)
    if not header.inputs or not header.solution:
        text = "has no header that says what it is the solution of."
        return [at(LOCK, 1, "header", text)]
    findings = []
    if header.inputs != inputs_digest(inputs, python):
        text = f"isn't the solution of {INPUTS} as it is now, for Python {python}."
        findings.append(at(LOCK, 1, "stale", text))
    if header.solution != solution_digest(lock):
        text = "holds pins or hashes that the solver didn't write."
        findings.append(at(LOCK, 1, "edited", text))
    return findings


def direct_findings(wanted: Iterable[Entry], pins: Iterable[Entry]) -> list[Finding]:
    """Hold every direct requirement against its pin."""
    pinned: dict[str, list[Entry]] = {}
    for pin in pins:
        pinned.setdefault(pin.name, []).append(pin)
    findings = []
    for entry in wanted:
        found = pinned.get(entry.name, [])
        if not found:
            text = f"asks for {entry.name}, which {LOCK} doesn't pin."
            findings.append(at(INPUTS, entry.line, "missing", text))
        for pin in found:
            specifier = entry.requirement.specifier
            if pin.version and not specifier.contains(pin.version, prereleases=True):
                text = f"asks for {entry.requirement}, and {LOCK}:{pin.line} pins "
                text += f"{pin.version}."
                findings.append(at(INPUTS, entry.line, "mismatch", text))
            lacking = entry.requirement.extras - pin.requirement.extras
            if lacking:
                text = f"asks for {entry.name}[{','.join(sorted(lacking))}], and "
                text += f"{LOCK}:{pin.line} pins it without."
                findings.append(at(INPUTS, entry.line, "mismatch", text))
    return findings


def pin_findings(pins: Iterable[Entry]) -> list[Finding]:
    """Find pins that aren't exact, have no hash, or are the second of their name."""
    findings = []
    versions: dict[str, Entry] = {}
    for pin in pins:
        if not pin.version:
            text = f"{pin.name} is not pinned to one version."
            findings.append(at(LOCK, pin.line, "unpinned", text))
        if not any(value.startswith("sha256:") for value in pin.hashes):
            text = f"{pin.name} has no hash, wanted --hash=sha256:…"
            findings.append(at(LOCK, pin.line, "unhashed", text))
        first = versions.setdefault(pin.name, pin)
        if first.version != pin.version:
            text = f"{pin.name} {pin.version} is a second version: {first.version} is "
            text += f"on line {first.line}."
            fix = f"make the requirements agree on one version in {INPUTS}: {UPDATE}"
            findings.append(at(LOCK, pin.line, "second-version", text, fix))
    return findings


def used_distributions(texts: Iterable[str]) -> set[str]:
    """Return the names below `@pip//` that BUILD and .bzl files write."""
    used = set()
    for text in texts:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = DISTRIBUTION.match(node.value)
                if found:
                    used.add(bazel_name(found[1]))
    return used


def unused_findings(wanted: Iterable[Entry], used: set[str]) -> list[Finding]:
    """Find direct requirements that no target uses."""
    return [
        at(
            INPUTS,
            entry.line,
            "unused",
            f"asks for {entry.name}, and no BUILD file uses "
            f"@pip//{bazel_name(entry.name)}.",
            f"take the line out, then {UPDATE}",
        )
        for entry in wanted
        if bazel_name(entry.name) not in used
    ]


def hub_findings(module: str) -> list[Finding]:
    """Find a second call of pip.parse, which would bring a second lock."""
    calls = [
        node
        for node in ast.walk(ast.parse(module))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pip.parse"
    ]
    return [
        at(
            "MODULE.bazel",
            call.lineno,
            "second-lock",
            "is a second pip.parse: two versions of a distribution could be reached.",
            "keep one pip.parse, and one lock.",
        )
        for call in calls[1:]
    ]


def other_lists(inventory: Iterable[str]) -> list[Finding]:
    """Find files that are a second list of dependencies by their name."""
    findings = []
    for path in inventory:
        name = path.rpartition("/")[2]
        listed = name in OTHER_LOCKS or any(p.match(name) for p in OTHER_PATTERNS)
        if listed and path not in (INPUTS, LOCK):
            text = "is a second list of dependencies, and nothing holds it to the lock."
            fix = f"git rm {path}, and name what it asks for in {INPUTS}: {UPDATE}"
            findings.append(at(path, 0, "second-list", text, fix))
    return findings


def manifest_findings(path: str, text: str) -> list[Finding]:
    """Find dependency lists in a pyproject.toml."""
    data = tomllib.loads(text)
    project = data.get("project", {})
    poetry = data.get("tool", {}).get("poetry", {})
    found = [
        name
        for name, table in [
            ("project.dependencies", project.get("dependencies")),
            ("project.optional-dependencies", project.get("optional-dependencies")),
            ("dependency-groups", data.get("dependency-groups")),
            ("tool.poetry.dependencies", poetry.get("dependencies")),
            ("tool.poetry.group", poetry.get("group")),
        ]
        if table
    ]
    fix = f"move what it asks for to {INPUTS}: {UPDATE}"
    return [
        at(path, 0, "second-list", f"lists dependencies in [{name}].", fix)
        for name in found
    ]


def read_named(files: Iterable[str], root: str) -> dict[str, str]:
    """Return the texts of files that lie at `<root>/<path>.txt`, by their path."""
    texts = {}
    for file in files:
        path = file.partition(f"/{root}/")[2].removesuffix(".txt")
        texts[path] = Path(file).read_text(encoding="utf-8")
    return texts


def check(options: argparse.Namespace) -> list[Finding]:
    """Return everything that is wrong."""
    inputs = Path(options.requirements).read_text(encoding="utf-8")
    lock = Path(options.lock).read_text(encoding="utf-8")
    inventory = Path(options.files).read_text(encoding="utf-8").splitlines()
    build_files = read_named(options.build_file, "build_files")
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    try:
        wanted, pins = read_entries(inputs, INPUTS), read_entries(lock, LOCK)
    except RequirementsError as error:
        place, _, text = str(error).partition(": ")
        path, _, line = place.partition(":")
        return [at(path, int(line), "unreadable", text)]
    findings = digest_findings(inputs, lock, python)
    findings += direct_findings(wanted, pins) + pin_findings(pins)
    findings += unused_findings(wanted, used_distributions(build_files.values()))
    findings += hub_findings(build_files["MODULE.bazel"])
    findings += other_lists(inventory)
    for path, text in sorted(read_named(options.manifest, "manifests").items()):
        findings += manifest_findings(path, text)
    return findings


def main(argv: Sequence[str] | None = None) -> int:
    """Write a report, and succeed whatever is in it."""
    parser = argparse.ArgumentParser()
    for name in ("report", "files", "requirements", "lock"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("build-file", "manifest"):
        parser.add_argument(f"--{name}", action="append", default=[])
    options = parser.parse_args(argv)
    Path(options.report).write_text(format_report(check(options)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
