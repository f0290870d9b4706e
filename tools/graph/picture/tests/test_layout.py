"""Tests of where projects are drawn."""

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tools.graph.picture.layout import GAP, HEIGHT, WIDEST, layers, place, rows

SHOP = {
    "services/shop": ["libs/price", "libs/mq"],
    "libs/price": ["libs/money"],
    "libs/mq": [],
    "libs/money": [],
}


def test_whoever_uses_others_stands_above_them() -> None:
    assert rows(SHOP) == [["services/shop"], ["libs/price"], ["libs/money", "libs/mq"]]


def test_a_cycle_ends() -> None:
    assert layers({"a": ["b"], "b": ["a", "c"], "c": []}) == {"a": 2, "b": 1, "c": 0}
    assert layers({"a": ["a"]}) == {"a": 0}
    assert place({}) == {}


names = st.sampled_from([f"libs/{letter}" for letter in "abcdefghij"])


@given(st.dictionaries(names, st.frozensets(names)))
def test_boxes_never_overlap(edges: dict[str, frozenset[str]]) -> None:
    boxes = place(edges)

    assert boxes.keys() == edges.keys() | {x for used in edges.values() for x in used}
    assert place(dict(reversed(edges.items()))) == boxes
    by_line: dict[int, list[tuple[int, int]]] = {}
    for box in boxes.values():
        by_line.setdefault(box.y, []).append((box.x, box.x + box.width))
    tops = sorted(by_line)
    assert all(b - a >= HEIGHT + GAP for a, b in pairwise(tops))
    for line in by_line.values():
        line.sort()
        assert line[-1][1] <= max(WIDEST, line[0][1])
        assert all(b[0] - a[1] >= GAP for a, b in pairwise(line))


def test_two_thousand_projects_are_placed_at_once() -> None:
    edges = {
        f"libs/p{number}": [f"libs/p{number // step}" for step in (2, 3, 5, 7)]
        for number in range(1, 2000)
    }
    started = time.process_time()

    assert len(place(edges)) == 2000
    assert time.process_time() - started < 5
