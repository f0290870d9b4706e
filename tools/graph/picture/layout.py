"""Lays projects out in rows: whoever uses others stands above them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

# In pixels; a letter of the page's font is about eight wide, and numbers stand below the name.
LETTER, PADDING, HEIGHT, NARROWEST = 8, 28, 44, 160
GAP, ROW_GAP, WIDEST = 24, 72, 1500
_SWEEPS = 4


class Box(NamedTuple):
    """Where a project is drawn."""

    x: int
    y: int
    width: int


def layers(edges: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return how far each node is above those that use nothing, by the longest path.

    An edge that closes a cycle counts as none.
    """
    found: dict[str, int] = {}
    open_nodes: set[str] = set()
    for start in sorted(edges):
        todo = [(start, False)]
        while todo:
            node, is_done = todo.pop()
            if is_done:
                below = [found[x] for x in edges.get(node, ()) if x in found]
                found[node] = 1 + max(below, default=-1)
                open_nodes.discard(node)
            elif node not in found and node not in open_nodes:
                open_nodes.add(node)
                todo.append((node, True))
                todo += [(x, False) for x in sorted(edges.get(node, ()), reverse=True)]
    return found


def rows(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the nodes by row, from the top, those that belong together near each other."""
    depth = layers(edges)
    found: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in sorted(depth):
        found[-1 - depth[node]].append(node)
    neighbours: dict[str, set[str]] = {node: set() for node in depth}
    for node, used in edges.items():
        for other in used:
            neighbours[node].add(other)
            neighbours[other].add(node)
    for _ in range(_SWEEPS):
        places = {
            node: (index + 0.5) / len(row)
            for row in found
            for index, node in enumerate(row)
        }
        for row in found:
            row.sort(key=lambda node: (_middle(node, neighbours, places), node))
    return found


def _middle(
    node: str, neighbours: Mapping[str, set[str]], places: Mapping[str, float]
) -> float:
    around = [places[other] for other in neighbours[node]]
    return sum(around) / len(around) if around else places[node]


def _lines(row: Sequence[str]) -> Iterable[list[tuple[str, int, int]]]:
    """Yield the lines of a row, each node with its left side and width."""
    line: list[tuple[str, int, int]] = []
    right = 0
    for node in row:
        width = max(NARROWEST, len(node) * LETTER + PADDING)
        if line and right + width > WIDEST:
            yield line
            line, right = [], 0
        line.append((node, right, width))
        right += width + GAP
    if line:
        yield line


def place(edges: Mapping[str, Iterable[str]]) -> dict[str, Box]:
    """Return where each node is drawn; the same edges give the same places."""
    boxes = {}
    top = 0
    for row in rows(edges):
        for line in _lines(row):
            end = line[-1][1] + line[-1][2]
            shift = (WIDEST - end) // 2 if end < WIDEST else 0
            for node, left, width in line:
                boxes[node] = Box(left + shift, top, width)
            top += HEIGHT + GAP
        top += ROW_GAP - GAP
    return boxes
