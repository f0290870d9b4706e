"""Adds a page of all projects, and a badge for each, to the coverage page.

  bazel run //tools/project_status -- --output site
  bazel run //tools/project_status -- --readme --site https://acme.example/monorepo

Tests and coverage are those of the last `bazel coverage`; digests are those that a push
of this commit sends. `--readme` puts each badge into the map of the README: without
`--site`, from where it has them already.
Exit codes: 0 written, 2 not known.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.build_files.workspace import read_workspace
from tools.graph.dependencies import FIRST_PARTY, read_graph
from tools.image.publish.push_all import read_plans
from tools.image.targets import Targets
from tools.project_status.badge import TEMPLATES, draw_badge
from tools.project_status.projects import Project, gather, projects_of
from tools.scaffold.projects import README, badge_path, site_of, with_badges
from tools.test_coverage.data.file_coverage import CoverageError
from tools.test_coverage.html.site import Templates
from tools.test_coverage.outputs import last_run
from tools.test_coverage.report.floors import read_floors
from tools.workspace.bazel import Bazel
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError
from tools.workspace.git import git, is_shallow
from tools.workspace.settings import folders

PAGE = "projects.html"


def read_projects(bazel: Bazel, flags: Sequence[str]) -> list[Project]:
    """Return every project of the workspace."""
    root = bazel.root
    run = last_run(bazel)
    tops = [*folders("library"), *folders("service")]
    names = projects_of((file.package for file in read_workspace(root)), tops)
    plans, failed = read_plans(Targets(bazel, tuple(flags)), [FIRST_PARTY])
    for line in failed:
        print(line, file=sys.stderr)
    floors = read_floors(root / "coverage.toml")
    edges = read_graph(root, FIRST_PARTY).edges
    return gather(last_commits(root, names), run, floors, edges, plans)


def last_commits(root: Path, names: Sequence[str]) -> dict[str, str]:
    """Return the last commit that touched each project, and its date."""
    # That of a shallow clone seems to have touched everything.
    if is_shallow(root):
        return dict.fromkeys(names, "")
    log = ("log", "-1", "--format=%h of %cs", "--")
    return {name: git(root, *log, name).strip() for name in names}


def write_site(output: Path, projects: Sequence[Project], commit: str) -> None:
    """Write the page and the badges into a coverage page."""
    templates = Templates(output, TEMPLATES)
    templates.write(PAGE, PAGE, projects=projects, commit=commit)
    (output / badge_path("")).parent.mkdir(exist_ok=True)
    for project in projects:
        path = output / badge_path(project.name)
        path.write_text(draw_badge(project), encoding="utf-8")


def write_readme(root: Path, site: str) -> None:
    """Have the README show the badges that a site publishes.

    Raises:
        WorkspaceError: the site isn't known.
    """
    path = root / README
    text = path.read_text(encoding="utf-8")
    address = site.rstrip("/") or site_of(text)
    if not address:
        raise WorkspaceError(
            f"{README}: found no badge that says where badges are published.\n"
            "Fix: say it by --site URL."
        )
    path.write_text(with_badges(text, address), encoding="utf-8")


def read_and_write_site(bazel: Bazel, output: Path, flags: Sequence[str]) -> None:
    """Write how the projects stand into a coverage page, and say it."""
    if not (output / "style.css").exists():
        raise CoverageError(
            f"{output}: found no coverage page.\n"
            f"Fix: bazel run //tools/test_coverage -- --output {output}"
        )
    projects = read_projects(bazel, flags)
    write_site(output, projects, git(bazel.root, "rev-parse", "HEAD").strip())
    bad = [p.name for p in projects if p.failed or not p.is_covered]
    said = f"; with a failed test, or under a floor: {', '.join(bad)}" if bad else ""
    print(f"{len(projects)} projects{said}", file=sys.stderr)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page, or the README."""
    parser = plain_parser("//tools/project_status", __doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--output", type=Path, help="the folder of a coverage page")
    what.add_argument("--readme", action="store_true", help="write the README")
    parser.add_argument(
        "--site", default="", metavar="URL", help="where it is published"
    )
    parser.add_argument("--stamp", action="store_true", help="show a delivery's tags")
    options = parser.parse_args(argv)
    try:
        bazel = Bazel.current()
        if options.readme:
            write_readme(bazel.root, options.site)
        else:
            os.chdir(os.environ.get("BUILD_WORKING_DIRECTORY", bazel.root))
            flags = ["--stamp"] if options.stamp else []
            read_and_write_site(bazel, options.output, flags)
    except (CoverageError, WorkspaceError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
