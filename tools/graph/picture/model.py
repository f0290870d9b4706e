"""What the picture shows: projects, their targets, and who uses whom."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tools.graph.dependencies import Graph
from tools.graph.picture.layout import place
from tools.workspace.labels import package_of, project_of

ROOT = "//"


class Share(NamedTuple):
    """How much of a project's lines ran in tests, in percent, and whether that is too little."""

    lines: float
    is_under: bool


@dataclass(frozen=True)
class Facts:
    """What is known besides the graph; all of it may be missing.

    Attributes:
      owners: who answers for a folder; for the rest, by the empty name.
      coverage: what of its lines ran.
      shown: the specifications that a target is shown to.
      affected: the targets that a change affects.
      images: the layers of each image that was built, by digest with their sizes.
    """

    owners: Mapping[str, Sequence[str]] = field(default_factory=dict)
    coverage: Mapping[str, Share] = field(default_factory=dict)
    shown: Mapping[str, Sequence[str]] = field(default_factory=dict)
    affected: Collection[str] = ()
    images: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def project_name(label: str) -> str:
    """Return the project that a target belongs to."""
    return project_of(package_of(label)) or ROOT


def project_edges(graph: Graph) -> dict[str, list[str]]:
    """Return which other projects each project uses, but for its tests.

    Every test uses the runner, and nothing stands on a test.
    """
    found: dict[str, set[str]] = {}
    for label, kind in graph.classes.items():
        own = project_name(label)
        used = found.setdefault(own, set())
        if kind.endswith("_test"):
            continue
        for other in graph.edges[label]:
            if other in graph.classes and project_name(other) != own:
                used.add(project_name(other))
    return {name: sorted(used) for name, used in sorted(found.items())}


def picture(graph: Graph, facts: Facts) -> dict[str, object]:
    """Return the data of the page; targets name each other by their place in the list."""
    boxes = place(project_edges(graph))
    labels = sorted(graph.classes)
    numbers = {label: number for number, label in enumerate(labels)}
    names = sorted(boxes)
    kinds = sorted(set(graph.classes.values()))
    places = {name: number for number, name in enumerate(names)}
    projects = [
        {
            "name": name,
            "box": list(boxes[name]),
            "owners": list(facts.owners.get(name) or facts.owners.get("", ())),
            "coverage": facts.coverage.get(name),
        }
        for name in names
    ]
    targets = [
        [
            label,
            places[project_name(label)],
            kinds.index(graph.classes[label]),
            [numbers[used] for used in graph.edges[label] if used in numbers],
        ]
        for label in labels
    ]
    layers = sorted({x for found in facts.images.values() for x in found.items()})
    return {
        "projects": projects,
        "kinds": kinds,
        "targets": targets,
        "shown": {x: list(specs) for x, specs in sorted(facts.shown.items())},
        "layers": [list(layer) for layer in layers],
        "images": [
            [numbers[image], [layers.index(layer) for layer in found.items()]]
            for image, found in sorted(facts.images.items())
        ],
        "affected": [numbers[x] for x in sorted(facts.affected) if x in numbers],
    }
