"""Has Bazel run the checks, and gathers what they found.

Every check puts its reports into the output group `findings`, each named
`<target>.<check>.jsonl`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tools.findings.finding import Finding, read_report
from tools.workspace.bazel import Bazel

GROUP = "findings"
ENDING = ".jsonl"
BUILD_NAMES = ("BUILD.bazel", "BUILD")


class Report(NamedTuple):
    """What one check found in one target."""

    target: str
    check: str
    findings: list[Finding]


def target_of(root: Path, name: str) -> tuple[str, str]:
    """Return the label and the check that a report's path from the output root says.

    A target's name may have slashes: its package is the nearest folder with a BUILD file.
    """
    path, _, check = name.removesuffix(ENDING).rpartition(".")
    folders = [str(folder) for folder in Path(path).parents]
    packages = (folder for folder in folders if _is_package(root / folder))
    package = next(packages, folders[0])
    package = package if package != "." else ""
    target = path.removeprefix(package).lstrip("/")
    label = f"//{package}" if package.rpartition("/")[2] == target else ""
    return label or f"//{package}:{target}", check


def _is_package(folder: Path) -> bool:
    return any((folder / name).is_file() for name in BUILD_NAMES)


def collect_reports(root: Path, patterns: Sequence[str]) -> list[Report]:
    """Run every check over what the patterns name, and return the reports, sorted.

    Raises:
        BazelError: a target can't be analysed, or a check can't run.
    """
    built = Bazel(root).build(patterns, f"--output_groups={GROUP}")
    if built.failure:
        raise built.failure
    reports = []
    for name, path in built.files(GROUP).items():
        if name.endswith(ENDING):
            target, check = target_of(root, name)
            reports.append(Report(target, check, read_report(path)))
    return sorted(reports, key=lambda report: (report.target, report.check))
