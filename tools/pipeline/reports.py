"""Copies the test reports of the last run into one folder, for a code host to read.

Invoked as: bazel run //tools/pipeline:reports -- FOLDER
Hosts read JUnit XML from the checkout alone, and `bazel-testlogs` is a link out of it. A report is named after its
target; shards and repeated runs have one each. Reports that the folder holds from before go.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.workspace.folder import WorkspaceError, workspace_folder


class FolderError(Exception):
    """A folder that isn't one of reports; its text is for the user."""


def copy_reports(testlogs: Path, folder: Path) -> int:
    """Copy each `test.xml` below a folder into another one, and return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    old = list(folder.iterdir())
    others = [path.name for path in old if path.suffix != ".xml"]
    if others:
        raise FolderError(
            f"{folder} holds {min(others)}, wanted a folder of reports alone.\n"
            "Fix: name a folder that is empty, or isn't there."
        )
    for path in old:
        path.unlink()
    reports = sorted(testlogs.rglob("test.xml"))
    for report in reports:
        name = ".".join(report.relative_to(testlogs).parent.parts)
        shutil.copyfile(report, folder / f"{name}.xml")
    return len(reports)


def main(argv: Sequence[str] | None = None) -> int:
    """Copy the reports; return 1 where there is none."""
    parser = argparse.ArgumentParser(
        prog="bazel run //tools/pipeline:reports --", description=__doc__
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    options = parser.parse_args(argv)
    try:
        workspace = workspace_folder()
        count = copy_reports(workspace / "bazel-testlogs", workspace / options.folder)
    except (FolderError, WorkspaceError) as error:
        print(error, file=sys.stderr)
        return 1
    if not count:
        print("bazel-testlogs holds no report. Fix: bazel test //...", file=sys.stderr)
        return 1
    print(f"{count} reports in {options.folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
