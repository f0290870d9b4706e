"""What is known of each project at one commit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tools.graph.dependencies import user_packages
from tools.image.publish.plan import Plan
from tools.test_coverage.data.run import Run
from tools.test_coverage.data.totals import Totals, by_scope, of_files
from tools.test_coverage.report.floors import Floor, Floors
from tools.workspace.labels import package_of, project_of


@dataclass(frozen=True)
class Project:
    """A project, and how it stands."""

    name: str
    """Its folder."""
    passed: int
    """Its test targets that passed."""
    failed: tuple[str, ...]
    """Those that didn't."""
    totals: Totals
    floor: Floor
    images: tuple[Plan, ...]
    """Its images, as a push would send them."""
    commit: str
    """The last commit that touched it, or nothing where the clone doesn't say."""
    users: tuple[str, ...]
    """The projects that depend on it."""

    @property
    def mark(self) -> str:
        """How its coverage stands to its floor."""
        return self.floor.mark_of(self.totals)

    @property
    def is_covered(self) -> bool:
        """Whether no floor is missed."""
        return self.mark != "under"


def projects_of(packages: Iterable[str], tops: Sequence[str]) -> list[str]:
    """Return the projects, sorted: the folders right below top folders that packages lie in.

    Args:
        packages: every package.
        tops: the top folders that hold projects.
    """
    found = {project_of(package) for package in packages if "/" in package}
    return sorted(name for name in found if name.partition("/")[0] in tops)


def gather(
    commits: Mapping[str, str],
    run: Run,
    floors: Floors,
    edges: Mapping[str, Sequence[str]],
    plans: Sequence[Plan],
) -> list[Project]:
    """Return projects.

    Args:
        commits: their folders, each with the last commit that touched it.
        run: what tests ran, and what of the sources.
        floors: what coverage is held to.
        edges: what each target depends on.
        plans: what pushes would send.
    """
    scopes = by_scope(run.files)
    users: dict[str, set[str]] = {}
    for label, packages in user_packages(edges).items():
        known = users.setdefault(project_of(package_of(label)), set())
        known |= {project_of(package) for package in packages}

    def own(labels: Iterable[str], name: str) -> tuple[str, ...]:
        return tuple(x for x in sorted(labels) if project_of(package_of(x)) == name)

    return [
        Project(
            name,
            len(own(run.tests, name)) + len(own(run.unmeasured, name)),
            own(run.failed, name),
            of_files(scopes.get(name, {}).values()),
            floors.of(name),
            tuple(p for p in plans if project_of(package_of(p.image)) == name),
            commit,
            tuple(sorted(users.get(name, set()) - {name})),
        )
        for name, commit in commits.items()
    ]
