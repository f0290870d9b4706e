"""Checks the pins against what the locked distributions themselves require and install.

Invoked by Bazel as: check --report=FILE --lock=FILE [--metadata=PATH]…

Two branches whose locks merge without a conflict may still not fit together: one raises
what the other holds back. Each METADATA says what its distribution needs here. And each
RECORD says which modules it installs: the lock is one environment, in which a module
that two distributions have is whichever came first.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.findings.finding import Finding, format_report
from tools.lock.metadata import metadata_file, read_metadata
from tools.lock.pins import LOCK, Pin, read_pins, read_text

UPDATE = "bazel run //:requirements.update"

# Folders of tests, which careless wheels put on top of each other; images leave them out.
_TEST_FOLDERS = frozenset({"test", "tests"})


@dataclass(frozen=True)
class Distribution:
    """What a distribution says of itself.

    Attributes:
      name: its canonical name.
      requires: what it requires.
      modules: the digest of each module, by its path from `site-packages`.
    """

    name: str
    requires: tuple[Requirement, ...]
    modules: Mapping[str, str]


def read_distributions(paths: Sequence[Path]) -> list[Distribution]:
    """Return what distributions say of themselves.

    Args:
      paths: their files, or the folders that these are in.
    """
    # rules_python may write a RECORD anew, and then it doesn't lie beside its METADATA.
    records = {path.parent.name: path for path in paths if path.name == "RECORD"}
    return [it for path in paths if (it := _read_distribution(path, records))]


def _read_distribution(path: Path, records: Mapping[str, Path]) -> Distribution | None:
    file = metadata_file(path)
    if file is None:
        return None
    message = read_metadata(file)
    requires = message.get_all("Requires-Dist") or []
    name = canonicalize_name(str(message["Name"]))
    record = records.get(file.parent.name, file.with_name("RECORD"))
    modules = dict(read_record(record))
    return Distribution(name, tuple(Requirement(str(it)) for it in requires), modules)


def read_record(file: Path) -> Iterator[tuple[str, str]]:
    """Yield each module that a RECORD lists, with its digest; none where it is missing."""
    if not file.exists():
        return
    with file.open(encoding="utf-8", newline="") as opened:
        for path, digest, *_ in csv.reader(opened):
            folders = path.split("/")[:-1]
            is_module = path.endswith((".py", ".so")) and ".." not in folders
            if is_module and not _TEST_FOLDERS.intersection(folders):
                yield path, digest


def needs(distribution: Distribution, extras: Iterable[str]) -> Iterator[Requirement]:
    """Yield what a distribution requires here, with those of its extras."""
    contexts = [{"extra": extra} for extra in ["", *extras]]
    for requirement in distribution.requires:
        marker = requirement.marker
        if marker is None or any(marker.evaluate(it) for it in contexts):
            yield requirement


def with_extras(
    distributions: Mapping[str, Distribution], pins: Mapping[str, Pin]
) -> dict[str, set[str]]:
    """Return the extras of each distribution: locked, or asked for by another one."""
    extras = {name: set(pins[name].extras) for name in distributions if name in pins}
    pending = sorted(extras)
    while pending:
        name = pending.pop()
        for requirement in needs(distributions[name], extras[name]):
            needed = canonicalize_name(requirement.name)
            if needed in extras and not requirement.extras <= extras[needed]:
                extras[needed] |= requirement.extras
                pending.append(needed)
    return extras


def shared_modules(
    distributions: Iterable[Distribution],
) -> dict[tuple[str, str], list[str]]:
    """Return the modules that two distributions have with other contents, by the two."""
    owners: dict[str, Distribution] = {}
    shared: dict[tuple[str, str], list[str]] = {}
    for distribution in distributions:
        for path, digest in distribution.modules.items():
            owner = owners.setdefault(path, distribution)
            if owner.modules[path] != digest:
                shared.setdefault((owner.name, distribution.name), []).append(path)
    return shared


def check(lock: str, known: Iterable[Distribution]) -> list[Finding]:
    """Return what the pins lack, and what they have twice."""
    pins = {pin.name: pin for pin in read_pins(lock)}
    distributions = {it.name: it for it in known}
    findings = []
    for names, paths in sorted(shared_modules(distributions.values()).items()):
        first, second = sorted(names)
        text = f"{first} and {second} both install {min(paths)}"
        text += f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        text += ", with different contents; a program would have either one's."
        fix = f"keep one of them in requirements.in, then {UPDATE}"
        findings.append(Finding(LOCK, pins[second].line, 0, "lock/shared", text, fix))
    for name, extras in sorted(with_extras(distributions, pins).items()):
        for requirement in needs(distributions[name], sorted(extras)):
            pin = pins.get(canonicalize_name(requirement.name))
            text = f"{name} {pins[name].version} needs {requirement.name}"
            text += f"{requirement.specifier}, and "
            if pin is None:
                text += "the lock doesn't pin it."
            elif not requirement.specifier.contains(pin.version, prereleases=True):
                text += f"line {pin.line} pins {pin.version}."
            else:
                continue
            line = pins[name].line
            findings.append(Finding(LOCK, line, 0, "lock/unsolved", text, UPDATE))
    return findings


def main(argv: Sequence[str] | None = None) -> int:
    """Write a report, and succeed whatever is in it."""
    parser = argparse.ArgumentParser(fromfile_prefix_chars="@")
    for name in ("report", "lock"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--metadata", type=Path, action="append", default=[])
    options = parser.parse_args(argv)
    known = read_distributions(options.metadata)
    findings = check(read_text(options.lock), known)
    options.report.write_text(format_report(findings), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
