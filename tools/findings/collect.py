"""Has Bazel run the checks, and gathers what they found.

Every check puts its reports into the output group `findings`, each named
`<target>.<check>.jsonl`; Bazel's build events say which files those are.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlparse

from tools.findings.finding import Finding, read_report

GROUP = "findings"
ENDING = ".jsonl"
BUILD_NAMES = ("BUILD.bazel", "BUILD")


class CollectError(Exception):
    """Bazel couldn't run the checks."""


class BuildError(CollectError):
    """Bazel couldn't build all that was asked for."""

    def __init__(self, text: str, files: dict[str, Path]) -> None:
        """Keep what was built all the same, each file by its path from the output root."""
        super().__init__(text)
        self.files = files


class Report(NamedTuple):
    """What one check found in one target."""

    target: str
    check: str
    findings: list[Finding]


def workspace() -> Path:
    """Return the folder that `bazel run` was called in.

    Raises:
        CollectError: the program was started otherwise.
    """
    folder = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if not folder:
        raise CollectError(
            "This program needs the workspace. Fix: start it by bazel run."
        )
    return Path(folder)


def bazel_program(root: Path) -> str:
    """Return what starts Bazel in a workspace."""
    return "./bazelw" if (root / "bazelw").exists() else "bazel"


def built_files(events: str, group: str) -> Iterator[tuple[str, Path]]:
    """Yield the files of an output group, each with its path from the output root."""
    sets: dict[str, dict[str, list[dict[str, object]]]] = {}
    roots: list[str] = []
    for line in events.splitlines():
        event = json.loads(line)
        if "namedSetOfFiles" in event:
            sets[event["id"]["namedSet"]["id"]] = event["namedSetOfFiles"]
        for built in event.get("completed", {}).get("outputGroup", []):
            if built["name"] == group:
                roots += [entry["id"] for entry in built.get("fileSets", [])]
    seen = set()
    while roots:
        name = roots.pop()
        if name in seen:
            continue
        seen.add(name)
        found = sets.get(name, {})
        roots += [str(entry["id"]) for entry in found.get("fileSets", [])]
        for file in found.get("files", []):
            path = Path(unquote(urlparse(str(file.get("uri", ""))).path))
            yield str(file["name"]), path


def build_group(root: Path, group: str, patterns: Sequence[str]) -> dict[str, Path]:
    """Build an output group of all that the patterns name, and return its files.

    Raises:
        BuildError: a target can't be analysed, or an action of the group fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder) / "events.json"
        command = [bazel_program(root), "build", "--norun_validations"]
        command += [f"--output_groups={group}", f"--build_event_json_file={events}"]
        command += ["--ui_event_filters=-info,-stdout", "--noshow_progress"]
        done = subprocess.run(
            [*command, "--", *patterns],
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        told = events.read_text(encoding="utf-8") if events.exists() else ""
        files = dict(built_files(told, group))
        if done.returncode:
            raise BuildError(
                f"{' '.join(patterns)}: Bazel couldn't run the checks:\n{done.stderr}"
                "Fix: mend what it says, then run the same command again.",
                files,
            )
        return files


def target_of(root: Path, name: str) -> tuple[str, str]:
    """Return the label and the check that a report's path from the output root says.

    A target's name may have slashes: its package is the nearest folder with a BUILD file.
    """
    path, _, check = name.removesuffix(ENDING).rpartition(".")
    folders = [str(folder) for folder in Path(path).parents]
    package = next((it for it in folders if _is_package(root / it)), folders[0])
    package = package if package != "." else ""
    target = path.removeprefix(package).lstrip("/")
    label = f"//{package}" if package.rpartition("/")[2] == target else ""
    return label or f"//{package}:{target}", check


def _is_package(folder: Path) -> bool:
    return any((folder / name).is_file() for name in BUILD_NAMES)


def collect_reports(root: Path, patterns: Sequence[str]) -> list[Report]:
    """Run every check over what the patterns name, and return the reports, sorted."""
    reports = []
    for name, path in build_group(root, GROUP, patterns).items():
        if name.endswith(ENDING):
            target, check = target_of(root, name)
            reports.append(Report(target, check, read_report(path)))
    return sorted(reports, key=lambda report: (report.target, report.check))
