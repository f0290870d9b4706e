"""Fails unless there is one version of everything: one lock, and it is the solution.

Invoked by Bazel as: check --report=FILE --files=INVENTORY --requirements=FILE
--lock=FILE [--build-file=FILE]… [--manifest=FILE]…
"""

import argparse
import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from tools.findings.finding import Finding, format_report
from tools.lock.cycles import MODULE, parse_calls, untold
from tools.lock.inputs import INPUTS, InputsError, read_inputs
from tools.lock.manifests import Manifest, read_manifest
from tools.lock.pins import LOCK, read_pins
from tools.lock.python_settings import SETTINGS, disagreeing
from tools.lock.requirements import STRONG, Entry, RequirementsError, read_entries
from tools.lock.seals import seal
from tools.source_text.decoding import read_starlark
from tools.source_text.parsing import UNPARSABLE
from tools.tree.paths import path_in_tree
from tools.workspace.labels import pip_label
from tools.workspace.names import label_name

UPDATE = "bazel run //:requirements.update"
# Where the lock is used, as markers see it.
PLACES = (
    {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    {
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "aarch64",
    },
    {
        "sys_platform": "darwin",
        "platform_system": "Darwin",
        "platform_machine": "arm64",
    },
)
DISTRIBUTION = re.compile(r"^@pip//([A-Za-z0-9_.-]+)")
# What other tools take for the list of a project's dependencies, by name.
OTHER_LOCKS = {
    "Pipfile",
    "Pipfile.lock",
    "conda-lock.yml",
    "pdm.lock",
    "poetry.lock",
    "setup.py",
    "uv.lock",
}
# What a test reads: in a folder of the tests, not at their top.
_OF_A_TEST = re.compile(r"(^|/)tests?/[^/]+/")
OTHER_PATTERNS = (
    re.compile(r"^requirements.*\.(txt|in)$"),
    re.compile(r"^constraints.*\.txt$"),
    re.compile(r"^pylock(\..+)?\.toml$"),
)


def at(path: str, line: int, rule: str, text: str, fix: str = UPDATE) -> Finding:
    """Return a finding of this check."""
    return Finding(path, line, 0, f"lock/{rule}", text, fix)


def seal_findings(inputs: str, lock: str, python: str) -> list[Finding]:
    """Check each entry's seal against what is asked for and against the entry."""
    asked = read_inputs(inputs)
    findings, stale = [], []
    pins = read_pins(lock)
    for pin in pins:
        wanted = seal(pin, asked, python)
        if not pin.seal:
            text = f"{pin.name} has no seal that says what it is the solution of."
            findings.append(at(LOCK, pin.line, "unsealed", text))
        elif pin.seal[1] != wanted[1]:
            text = f"{pin.name} has pins or hashes that the solver didn't write."
            findings.append(at(LOCK, pin.line, "edited", text))
        elif pin.seal[0] != wanted[0]:
            text = f"{pin.name} isn't the solution of {INPUTS} as it is now."
            stale.append(at(LOCK, pin.line, "stale", text))
    if stale and len(stale) == len(pins):
        text = f"isn't the solution of {INPUTS} for Python {python}."
        stale = [at(LOCK, 1, "stale", text)]
    return findings + stale


def places(marker: Marker | None) -> set[int]:
    """Return where a marker holds, as indexes of `PLACES`."""
    try:
        return {
            number
            for number, place in enumerate(PLACES)
            if marker is None or marker.evaluate({"extra": "", **place})
        }
    except KeyError, ValueError:
        # It compares what has no order, or asks for what pip doesn't know.
        return set()


def direct_findings(wanted: Iterable[Entry], pins: Iterable[Entry]) -> list[Finding]:
    """Check every direct requirement against the pins that hold beside it."""
    pinned: dict[str, list[Entry]] = {}
    for pin in pins:
        pinned.setdefault(pin.name, []).append(pin)
    findings = []
    for entry in wanted:
        where = places(entry.requirement.marker)
        if not where:
            text = f"asks for {entry.requirement}, which holds nowhere that the lock "
            text += "is for: Linux and macOS, with our Python."
            findings.append(at(INPUTS, entry.line, "nowhere", text, "take it out."))
            continue
        found = [
            pin
            for pin in pinned.get(entry.name, [])
            if where & places(pin.requirement.marker)
        ]
        if not found:
            text = f"asks for {entry.name}, which {LOCK} doesn't pin."
            findings.append(at(INPUTS, entry.line, "missing", text))
        findings += [it for pin in found for it in mismatches(entry, pin)]
    return findings


def mismatches(entry: Entry, pin: Entry) -> Iterator[Finding]:
    """Yield what a pin lacks of what is asked for."""
    specifier = entry.requirement.specifier
    if pin.version and not specifier.contains(pin.version, prereleases=True):
        text = f"asks for {entry.requirement}, and {LOCK}:{pin.line} pins "
        yield at(INPUTS, entry.line, "mismatch", f"{text}{pin.version}.")
    lacking = entry.requirement.extras - pin.requirement.extras
    if lacking:
        text = f"asks for {entry.name}[{','.join(sorted(lacking))}], and "
        text += f"{LOCK}:{pin.line} pins it without."
        yield at(INPUTS, entry.line, "mismatch", text)


def pin_findings(pins: Iterable[Entry]) -> list[Finding]:
    """Find pins that aren't exact, have no hash, or are the second of their name."""
    findings = []
    versions: dict[str, Entry] = {}
    for pin in pins:
        if not pin.version:
            text = f"{pin.name} is not pinned to one version."
            findings.append(at(LOCK, pin.line, "unpinned", text))
        if not any(value.lower().startswith(STRONG) for value in pin.hashes):
            text = f"{pin.name} has no hash, wanted --hash=sha256:…"
            findings.append(at(LOCK, pin.line, "unhashed", text))
        first = versions.setdefault(pin.name, pin)
        if first is not pin:
            text = f"{pin.name} {pin.version} is a second entry: {first.version} is "
            text += f"on line {first.line}."
            fix = f"make the requirements agree on one version in {INPUTS}: {UPDATE}"
            findings.append(at(LOCK, pin.line, "second-version", text, fix))
    return findings


def used_distributions(texts: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Return the names below `@pip//` in BUILD and .bzl files, each with one place."""
    used: dict[str, tuple[str, int]] = {}
    for path, text in sorted(texts.items()):
        try:
            tree = ast.parse(text)
        except UNPARSABLE:
            continue  # A finding of its own.
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = DISTRIBUTION.match(node.value)
                if found:
                    used.setdefault(label_name(found[1]), (path, node.lineno))
    return used


def unknown_findings(
    pins: Iterable[Entry], used: Mapping[str, tuple[str, int]]
) -> list[Finding]:
    """Find uses of what the lock doesn't pin."""
    known = {label_name(pin.name) for pin in pins}
    fix = f"name it in {INPUTS}, then {UPDATE}; or take it out here."
    return [
        at(*place, "unknown", f"names @pip//{name}, which {LOCK} doesn't pin.", fix)
        for name, place in used.items()
        if name not in known
    ]


def unused_findings(wanted: Iterable[Entry], used: Iterable[str]) -> list[Finding]:
    """Find direct requirements that no target uses."""
    return [
        at(
            INPUTS,
            entry.line,
            "unused",
            f"asks for {entry.name}, and no BUILD file uses {pip_label(entry.name)}.",
            f"take the line out, then {UPDATE}",
        )
        for entry in wanted
        if label_name(entry.name) not in used
    ]


def cycle_findings(lock: str, module: str) -> list[Finding]:
    """Find distributions that need each other, and that Bazel isn't told of."""
    return [
        at(MODULE, 0, "cycle", f"{LOCK} has {names}, which need each other.", fix)
        for names, fix in untold(read_pins(lock), module)
    ]


def hub_findings(module: str) -> list[Finding]:
    """Find a second call of pip.parse, which would bring a second lock."""
    return [
        at(
            MODULE,
            call.lineno,
            "second-lock",
            "is a second pip.parse: two versions of a distribution could be reached.",
            "keep one pip.parse, and one lock.",
        )
        for call in parse_calls(module)[1:]
    ]


def other_lists(inventory: Iterable[str]) -> list[Finding]:
    """Find files that are a second list of dependencies by their name."""
    findings = []
    for path in inventory:
        name = path.rpartition("/")[2]
        listed = name in OTHER_LOCKS or any(p.match(name) for p in OTHER_PATTERNS)
        if listed and path not in (INPUTS, LOCK) and not _OF_A_TEST.search(path):
            findings.append(second_list(path))
    return findings


def second_list(path: str) -> Finding:
    """Return the finding that a file lists dependencies beside requirements.in."""
    text = "is a second list of dependencies, and nothing holds it to the lock."
    fix = f"git rm {path}, and name what it asks for in {INPUTS}: {UPDATE}"
    return at(path, 0, "second-list", text, fix)


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


def project_findings(
    projects: Mapping[str, Manifest], wanted: Iterable[Entry]
) -> list[Finding]:
    """Find what projects that can be published need and the repository doesn't ask for.

    Args:
        projects: what each says of itself, by the path of the file.
        wanted: the requirements of the repository.
    """
    known = {entry.name for entry in wanted}
    known |= {canonicalize_name(project.name) for project in projects.values()}
    return [
        at(
            path,
            0,
            "unasked",
            f"asks for {requirement.name}, and {INPUTS} doesn't.",
            f"add it there, or take it out here, then {UPDATE}",
        )
        for path, project in projects.items()
        for requirement in project.requirements
        if places(requirement.marker)
        and canonicalize_name(requirement.name) not in known
    ]


def python_findings(settings: str, python: str) -> list[Finding]:
    """Find settings that are for another Python than the build's."""
    return [
        at(SETTINGS, line, "python", f"says `{said}`, and the build has {python}.")
        for line, said in disagreeing(settings, python)
    ]


def read_named(files: Iterable[str], root: str) -> dict[str, str]:
    """Return the texts of files that lie at `<root>/<path>.txt`, by their path."""
    texts = {}
    for file in files:
        texts[path_in_tree(file, root)] = read_starlark(Path(file))
    return texts


def read_strictly(path: str, name: str) -> str:
    """Return the text of a file, as pip reads it.

    Raises:
        RequirementsError: it isn't UTF-8.
    """
    content = Path(path).read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise RequirementsError(name, line, "isn't UTF-8.") from None


def check(options: argparse.Namespace) -> list[Finding]:
    """Return everything that is wrong."""
    inventory = Path(options.files).read_text(encoding="utf-8").splitlines()
    build_files = read_named(options.build_file, "build_files")
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    try:
        inputs = read_strictly(options.requirements, INPUTS)
        lock = read_strictly(options.lock, LOCK)
        pins = read_entries(lock, LOCK)
        seals = seal_findings(inputs, lock, python)
        wanted = read_entries(inputs, INPUTS)
    except RequirementsError as error:
        fix = UPDATE if error.path == LOCK else "correct the line."
        return [at(error.path, error.line, "unreadable", error.text, fix)]
    except InputsError as error:
        return [
            at(INPUTS, it.line, "unreadable", it.text, it.fix) for it in error.problems
        ]
    findings = seals + direct_findings(wanted, pins) + pin_findings(pins)
    used = used_distributions(build_files)
    findings += unused_findings(wanted, used) + unknown_findings(pins, used)
    findings += hub_findings(build_files[MODULE])
    findings += cycle_findings(lock, build_files[MODULE])
    findings += other_lists(inventory)
    manifests = read_named(options.manifest, "manifests")
    findings += python_findings(manifests.get(SETTINGS, ""), python)
    projects = {}
    for path, text in sorted(manifests.items()):
        try:
            manifest = read_manifest({path.rpartition("/")[2]: text})
        except ValueError as error:
            findings.append(at(path, 0, "unreadable", f"{error}.", "correct it."))
            continue
        if manifest.name and path != SETTINGS:
            projects[path] = manifest
        elif path.endswith(".toml"):
            findings += manifest_findings(path, text)
        elif manifest.requirements:
            findings.append(second_list(path))
    return findings + project_findings(projects, wanted)


def main(argv: Sequence[str] | None = None) -> int:
    """Write a report, and succeed whatever is in it."""
    parser = argparse.ArgumentParser(fromfile_prefix_chars="@")
    for name in ("report", "files", "requirements", "lock"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("build-file", "manifest"):
        parser.add_argument(f"--{name}", action="append", default=[])
    options = parser.parse_args(argv)
    Path(options.report).write_text(format_report(check(options)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
