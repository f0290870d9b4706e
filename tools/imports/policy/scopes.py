"""Checks what BUILD files show to others against the repository's rules for scopes.

Invoked by Bazel as: scopes --report=FILE --build-file=FILE…

A folder is a scope: its `package_group` names who may use it, the targets that are
offered list that group, and everything else is private.
"""

import argparse
import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tools.build_files.reader import BUILD, BuildFile, Call
from tools.build_files.starlark import StarlarkError, Text
from tools.build_files.visibility import Groups, covers
from tools.findings.finding import Finding, format_report
from tools.source_text.decoding import read_starlark
from tools.tree.paths import path_in_tree
from tools.workspace.labels import absolute_label, project_of
from tools.workspace.settings import folders, kind_of, together

PUBLIC = "//..."


class Shown(NamedTuple):
    """One entry of a visibility list, with what it means."""

    file: BuildFile
    label: str
    literal: Text
    specs: list[str]
    by_default: bool

    def finding(self, rule: str, text: str, fix: str) -> Finding:
        """Return a finding about the entry."""
        place = (self.file.path, self.literal.line, self.literal.column)
        return Finding(*place, f"scopes/{rule}", text, fix, self.label)


def is_scoped(package: str) -> bool:
    """Return whether these rules are for a package."""
    return kind_of(package) in {"library", "service"}


def shown_entries(files: Sequence[BuildFile], groups: Groups) -> Iterator[Shown]:
    """Yield every entry of every visibility list of the scoped folders."""
    for file in files:
        if not is_scoped(file.package):
            continue
        for call in file.calls:
            by_default = call.function == "package"
            key = "default_visibility" if by_default else "visibility"
            label = f"//{file.package}" if by_default else call.label
            for literal in call.strings(key):
                specs = groups.resolve([literal], file.package)
                yield Shown(file, label, literal, specs, by_default)


def is_inside(spec: str, folder: str) -> bool:
    """Return whether a package specification goes no further than a folder."""
    package = spec.removeprefix("-").removeprefix("//").removesuffix("...").rstrip("/")
    return (package + "/").startswith(folder + "/")


def entry_findings(shown: Shown) -> Iterator[Finding]:
    """Yield what is wrong with one entry of a visibility list."""
    project = project_of(shown.file.package)
    outside = [spec for spec in shown.specs if not is_inside(spec, project)]
    if PUBLIC in shown.specs:
        yield shown.finding(
            "public",
            f'shows {shown.label} to everybody by "{shown.literal}".',
            f'name who may use it: visibility = ["//{project}:users"]',
        )
    elif shown.by_default and outside:
        yield shown.finding(
            "default",
            f"shows all of {shown.label} to {', '.join(outside)} by default.",
            'make private the default, and show single targets: ["//visibility:private"]',
        )
    elif kind_of(project) == "service":
        others = [spec for spec in outside if _reaches_services(spec)]
        if others:
            yield shown.finding(
                "service",
                f"shows {shown.label} to {', '.join(others)}: no service may use "
                "another.",
                "take it out of the list; move what both need to a library, and what "
                f"tests both to {project.partition('/')[0]}/tests.",
            )


def _reaches_services(spec: str) -> bool:
    if spec[0] == "-" or any(is_inside(spec, folder) for folder in together()):
        return False
    return any(is_inside(spec, top) for top in folders("service"))


def group_findings(files: Iterable[BuildFile]) -> Iterator[Finding]:
    """Yield the libraries that show something and don't say to whom, by a group."""
    for file in files:
        package = file.package
        if kind_of(package) != "library" or project_of(package) != package:
            continue
        if not any(call.function == "package_group" for call in file.calls):
            yield Finding(
                file.path,
                1,
                0,
                "scopes/group",
                f"declares no package_group: //{package} doesn't say who may use it.",
                f'package_group(name = "users", packages = ["//{package}/...", …])',
                f"//{package}",
            )


def policy_findings(files: Sequence[BuildFile]) -> list[Finding]:
    """Return everything that BUILD files show and may not, sorted."""
    groups = Groups(files)
    found = [f for shown in shown_entries(files, groups) for f in entry_findings(shown)]
    return sorted({*found, *group_findings(files)})


class Grant(NamedTuple):
    """A package specification by which others may use something of a project."""

    file: BuildFile
    literal: Text
    holder: str
    """The target or group that grants it."""
    targets: list[str]
    """The targets that are shown by it."""
    spec: str


def grants(files: Sequence[BuildFile]) -> list[Grant]:
    """Return every grant of the scoped folders to packages outside the project."""
    groups = Groups(files)
    listed: dict[str, list[str]] = {}
    found = []
    for shown in shown_entries(files, groups):
        label = absolute_label(shown.literal, shown.file.package)
        listed.setdefault(label, []).append(shown.label)
        if label in groups:
            continue
        for spec in shown.specs:
            place = (shown.file, shown.literal, shown.label)
            found.append(Grant(*place, [shown.label], spec))
    for file, call in _groups(files):
        for literal in call.strings("packages"):
            targets = listed.get(call.label, [])
            found.append(Grant(file, literal, call.label, targets, str(literal)))
    return [
        grant
        for grant in found
        if grant.spec.startswith("//")
        and not is_inside(grant.spec, project_of(grant.file.package))
    ]


def _groups(files: Iterable[BuildFile]) -> Iterator[tuple[BuildFile, Call]]:
    for file in files:
        for call in file.calls:
            if call.function == "package_group" and is_scoped(file.package):
                yield file, call


def unused_grants(
    files: Sequence[BuildFile], users: dict[str, set[str]]
) -> list[Finding]:
    """Return the grants that nobody uses.

    Args:
        files: the BUILD files.
        users: the packages that depend on each target.
    """
    found = []
    for grant in grants(files):
        packages = {p for target in grant.targets for p in users.get(target, set())}
        if any(covers(grant.spec, package) for package in packages):
            continue
        found.append(
            Finding(
                grant.file.path,
                grant.literal.line,
                grant.literal.column,
                "scopes/unused-grant",
                f"{grant.holder} lets {grant.spec} in, and nothing there uses what it "
                "shows.",
                f'take "{grant.literal}" out of the list.',
                grant.holder,
            )
        )
    return sorted(set(found))


def read_build_files(files: Iterable[str]) -> list[BuildFile]:
    """Return the BUILD files that lie at `build_files/<path>.txt`.

    Bazel itself reports one that is no Starlark, and better.
    """
    found = []
    for file in files:
        path = path_in_tree(file, "build_files")
        if path.rpartition("/")[2] == BUILD:
            with contextlib.suppress(StarlarkError):
                found.append(BuildFile(read_starlark(Path(file)), path))
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Write a report, and succeed whatever is in it."""
    parser = argparse.ArgumentParser(fromfile_prefix_chars="@")
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--build-file", action="append", default=[])
    options = parser.parse_args(argv)
    findings = policy_findings(read_build_files(options.build_file))
    options.report.write_text(format_report(findings), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
