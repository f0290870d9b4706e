"""Adds a page of all projects, and a badge for each, to the coverage page.

  bazel run //tools/project_status -- --output site
  bazel run //tools/project_status -- --output site --site https://acme.example/monorepo

Tests and coverage are those of the last `bazel coverage`; digests are those that a push
of this commit sends. `--site` prints the badges' table for a README.
Exit codes: 0 written, 2 not known.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from tools.build_files.workspace import read_workspace
from tools.graph.dependencies import FIRST_PARTY, read_graph
from tools.image.publish.push_all import read_plans
from tools.image.targets import Targets
from tools.imports.policy.scopes import SCOPED
from tools.project_status.badge import TEMPLATES, draw_badge
from tools.project_status.projects import Project, gather, projects_of
from tools.test_coverage.data.file_coverage import CoverageError
from tools.test_coverage.html.site import Templates
from tools.test_coverage.outputs import last_run
from tools.test_coverage.report.floors import read_floors
from tools.workspace.bazel import Bazel
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError
from tools.workspace.git import git, is_shallow

PAGE = "projects.html"
BADGES = "badges"


def read_projects(bazel: Bazel, flags: Sequence[str]) -> list[Project]:
    """Return every project of the workspace."""
    root = bazel.root
    run = last_run(bazel)
    names = projects_of((file.package for file in read_workspace(root)), SCOPED)
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


def badge_name(project: Project) -> str:
    """Return the file of a project's badge in the site."""
    return f"{BADGES}/{project.name.replace('/', '-')}.svg"


def write_site(output: Path, projects: Sequence[Project], commit: str) -> None:
    """Write the page and the badges into a coverage page."""
    templates = Templates(output, TEMPLATES)
    templates.write(PAGE, PAGE, projects=projects, commit=commit)
    (output / BADGES).mkdir(exist_ok=True)
    for project in projects:
        path = output / badge_name(project)
        path.write_text(draw_badge(project), encoding="utf-8")


def format_table(projects: Sequence[Project], site: str) -> str:
    """Return the badges as Markdown, each a link to the page."""
    rows = [
        f"| [![{project.name}]({site}/{quote(badge_name(project))})]({site}/{PAGE}) |\n"
        for project in projects
    ]
    return "| projects |\n|---|\n" + "".join(rows)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page."""
    parser = plain_parser("//tools/project_status", __doc__)
    add = parser.add_argument
    add("--output", type=Path, required=True, help="the folder of a coverage page")
    add("--site", metavar="URL", help="where it is published")
    add("--stamp", action="store_true", help="show the tags that a delivery gives")
    options = parser.parse_args(argv)
    try:
        bazel = Bazel.current()
        os.chdir(os.environ.get("BUILD_WORKING_DIRECTORY", bazel.root))
        if not (options.output / "style.css").exists():
            raise CoverageError(
                f"{options.output}: found no coverage page.\n"
                f"Fix: bazel run //tools/test_coverage -- --output {options.output}"
            )
        projects = read_projects(bazel, ["--stamp"] if options.stamp else [])
        commit = git(bazel.root, "rev-parse", "HEAD").strip()
        write_site(options.output, projects, commit)
    except (CoverageError, WorkspaceError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.site:
        print(format_table(projects, options.site.rstrip("/")), end="")
    bad = [p.name for p in projects if p.failed or not p.is_covered]
    said = f"; with a failed test, or under a floor: {', '.join(bad)}" if bad else ""
    print(f"{len(projects)} projects{said}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
