"""Gives the images of one project a tag, at a digest that the registry has: nothing is sent.

  bazel run //tools/image:tag -- fastapi_ml/v1.2                         a release: what this commit builds
  bazel run //tools/image:tag -- fastapi_ml/latest --digest sha256:…     back to an earlier one; builds nothing

A tag such as `v1.2` is a release, and never moves.
Exit codes: 0 tagged, or it was already; 1 refused, and no tag has moved; 2 not known.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tools.image.publish.client import RegistryError
from tools.image.publish.push_all import PLANS, reach, read_plans, registry_parser
from tools.image.publish.registry import Registry, failure_text, is_silent, silent_text
from tools.image.targets import Targets
from tools.workspace.command import unknown_text
from tools.workspace.folder import WorkspaceError
from tools.workspace.labels import package_of, project_of

RELEASE = re.compile(r"v\d")


class Place(NamedTuple):
    """An image in a registry."""

    repository: str
    digest: str

    @property
    def reference(self) -> str:
        """How the registry knows it."""
        return f"{self.repository}@{self.digest}"


class TagError(Exception):
    """A tag that isn't given; the text is for the user."""


def find_project(targets: Targets, name: str) -> tuple[str, list[str]]:
    """Return the project of a name or a folder, and the plans of its images.

    Raises:
      WorkspaceError: there is none.
    """
    plans: dict[str, list[str]] = {}
    for label in targets.find(PLANS.format("//..."))[0]:
        plans.setdefault(project_of(package_of(label)), []).append(label)
    found = [
        project for project in plans if name in (project, project.rpartition("/")[2])
    ]
    if len(found) != 1:
        raise WorkspaceError(unknown_text(name, "project with an image", plans))
    return found[0], plans[found[0]]


def places_of(targets: Targets, name: str, digest: str) -> Iterator[Place]:
    """Yield the images of a project: at a digest, or as this commit builds them."""
    project, labels = find_project(targets, name)
    if digest:
        repositories = [f"{label.removesuffix('_plan')}_repository" for label in labels]
        built = targets.build(repositories)
        if len(built) != len(repositories):
            raise WorkspaceError(f"//{project}: Bazel says above what doesn't build.")
        for (path,) in built.values():
            yield Place(path.read_text().strip(), digest)
        return
    plans, failed = read_plans(targets, [f"//{project}/..."])
    if failed:
        raise WorkspaceError("\n".join(failed))
    yield from (Place(plan.repository, plan.digest) for plan in plans)


def tag_all(
    registry: Registry, places: Sequence[Place], tag: str, *, is_whole: bool
) -> list[Place]:
    """Tag the images that the registry has; return them.

    Args:
        registry: where they are.
        places: the images.
        tag: their tag.
        is_whole: whether it must have every one of them.

    Raises:
      TagError: it lacks one, or none is there, or a release would move.
    """
    silent = [place.repository for place in places if is_silent(place.repository)]
    if silent:
        raise TagError(silent_text(silent[0]))
    there = [place for place in places if registry.digest(place.reference)]
    lacking = [place for place in places if place not in there]
    if lacking and (is_whole or not there):
        fix = "name a digest of a delivered.json."
        if is_whole:
            fix = "bazel run --stamp //tools/image:push_all, at this commit."
        raise TagError(f"{lacking[0].reference}: the registry lacks it.\nFix: {fix}")
    for place in there:
        standing = registry.digest(f"{place.repository}:{tag}")
        if RELEASE.match(tag) and standing not in ("", place.digest):
            raise TagError(
                f"{place.repository}:{tag} is {standing}, wanted {place.digest}: a release never moves.\n"
                "Fix: give the next version."
            )
    for place in there:
        registry.tag(place.reference, [tag])
    return there


def main(argv: Sequence[str] | None = None) -> int:
    """Give the tag."""
    parser = registry_parser("//tools/image:tag", __doc__)
    add = parser.add_argument
    add("--digest", default="", help="of which image; by default what is built here")
    add("tag", metavar="PROJECT/TAG")
    options = parser.parse_args(argv)
    name, _, tag = options.tag.rpartition("/")
    places: list[Place] = []
    try:
        registry, targets = reach(options)
        places = list(places_of(targets, name, options.digest))
        found = tag_all(registry, places, tag, is_whole=not options.digest)
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    except TagError as error:
        print(error, file=sys.stderr)
        return 1
    except RegistryError as error:
        text = failure_text(places[0].repository, str(error))
        print(error, text, sep="\n", file=sys.stderr)
        return 1
    for place in found:
        print(f"{place.repository}:{tag} is {place.digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
