"""Compares this repository with pytest from the root, with Nx and with moon: the same libraries and work in one run."""

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tools.bench.calls import asked, seconds
from tools.bench.figures import Figure
from tools.bench.peers.clock import processor_seconds
from tools.bench.peers.libraries import OURS, edit, name_of, write_ours
from tools.bench.peers.workspace import TASKS, Peers
from tools.nested.checkout import Checkout

LIBRARIES = 100
# What takes minutes is done less often than what takes a second.
ROUNDS, LONG_ROUNDS = 5, 2
TESTS = f"//{OURS}/..."
PLAIN = "--config=nochecks"
# The library that nothing stands on, that all stand on, and one between.
LEAF, BASE, BETWEEN = LIBRARIES - 1, 0, LIBRARIES // 2
_CACHES = (".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__")

type Call = Callable[[], object]


@dataclass
class Sides:
    """The two trees, and the number that makes each edit one that was never seen."""

    ours: Checkout
    theirs: Peers
    revision: int = 0

    def bazel(self, *arguments: str) -> Call:
        """Return a call of Bazel in this repository's copy."""
        return partial(asked, self.ours, *arguments)

    def run(self, *command: str) -> Call:
        """Return a call of another tool."""
        return partial(self.theirs.run, *command)

    def nx(self, *arguments: str) -> Call:
        """Return a call of Nx."""
        return self.run("node_modules/.bin/nx", *arguments)

    def moon(self, *arguments: str) -> Call:
        """Return a call of moon."""
        return self.run("node_modules/.bin/moon", *arguments)

    def background(self, tool: str) -> Path:
        """Return what the servers and daemons of a tool name; those of the others work after each edit, too."""
        installed = self.theirs.root / "node_modules"
        folders = {"Nx": installed / "nx", "moon": installed / "@moonrepo"}
        return folders.get(tool, self.ours.output_base)

    def all_tests(self) -> dict[str, Call]:
        """Return each tool's way to run all tests, those that need nothing left out by the tools that can."""
        return {
            "ours": self.bazel("test", PLAIN, TESTS),
            "Nx": self.nx("run-many", "-t", "test", "--outputStyle=static"),
            "moon": self.moon("run", ":test", "--summary", "minimal"),
        }

    def edit(self, number: int, *, tests: bool = False) -> None:
        """Commit what came before, and change the same line of a library on both sides."""
        self.commit()
        self.revision += 1
        name = name_of(number)
        file = f"test_{name}.py" if tests else "core.py"
        for tree, folder in ((self.ours, OURS), (self.theirs, "packages")):
            edit(tree.root / folder / name, file, self.revision)

    def commit(self) -> None:
        """Commit the edits."""
        self.ours.git("commit", "--quiet", "--all", "--allow-empty", "--message=edit")
        self.theirs.commit()

    def empty(self) -> None:
        """Take away all results, and keep what is installed or fetched."""
        self.ours.bazel("clean")
        self.theirs.run("node_modules/.bin/nx", "reset")
        shutil.rmtree(self.theirs.root / ".moon/cache", ignore_errors=True)
        root = self.theirs.root
        for name in _CACHES:
            for found in [*(root / "packages").rglob(name), root / name]:
                shutil.rmtree(found, ignore_errors=True)


@dataclass(frozen=True)
class Row:
    """One kind of work, and by how much this repository may cost more than another tool."""

    name: str
    before: Call
    calls: Mapping[str, Call]
    budgets: Mapping[str, float]
    rounds: int = ROUNDS
    is_cold: bool = False
    """Whether nothing may be there that a call before has left."""


def rows(sides: Sides) -> list[Row]:
    """Return what is compared."""
    everything = sides.all_tests()
    root = sides.run("pytest", "-q", "packages")
    between = name_of(BETWEEN)
    checks = [
        "black -q --check .",
        "ruff check -q .",
        "mypy packages/*/src",
        "deptry .",
    ]
    whole = " && ".join(["pytest -q packages", *checks])
    return [
        Row(
            "cold, tests and checks",
            sides.empty,
            {
                "ours": sides.bazel("test", TESTS),
                "Nx": sides.nx("run-many", "-t", *TASKS, "--outputStyle=static"),
                "root": sides.run("bash", "-c", whole),
            },
            {"Nx": 0.25, "root": 3},
            LONG_ROUNDS,
            is_cold=True,
        ),
        Row(
            "cold, tests",
            sides.empty,
            {**everything, "one pytest": root},
            {"Nx": 1, "moon": 1, "one pytest": 12},
            LONG_ROUNDS,
            is_cold=True,
        ),
        Row("no-op", lambda: None, everything, {"Nx": 1, "moon": 1}),
        Row("leaf edit", partial(sides.edit, LEAF), everything, {"Nx": 1, "moon": 1}),
        Row(
            "base edit",
            partial(sides.edit, BASE),
            everything,
            {"Nx": 1, "moon": 1},
            LONG_ROUNDS,
        ),
        Row(
            "edit of one test file",
            partial(sides.edit, BETWEEN, tests=True),
            {
                "ours": sides.bazel("test", PLAIN, f"//{OURS}/{between}/tests:all"),
                "Nx": sides.nx("run", f"{between}:test"),
                "moon": sides.moon("run", f"{between}:test"),
            },
            {"Nx": 1, "moon": 1},
        ),
        Row(
            "affected listing",
            partial(sides.edit, LEAF),
            {
                "ours": sides.bazel("run", "//tools/affected", "--", "--only", "tests"),
                "Nx": sides.nx("show", "projects", "--affected", "--base=HEAD"),
                "moon": sides.moon("query", "affected", "--downstream", "deep"),
            },
            {"Nx": 1, "moon": 1},
        ),
    ]


def compared(row: Row, sides: Sides) -> list[Figure]:
    """Measure a row's calls in turn, each round another first; what each costs, ours by the other's."""
    costs: dict[str, list[float]] = {tool: [] for tool in row.calls}
    names = list(row.calls)
    if not row.is_cold:
        for call in row.calls.values():
            call()
    for turn in range(row.rounds):
        first = turn % len(names)
        for tool in names[first:] + names[:first]:
            row.before()
            costs[tool].append(
                processor_seconds(row.calls[tool], sides.background(tool))
            )
    return ratios(row.name, "processor s", costs, row.budgets)


def ratios(
    name: str,
    unit: str,
    costs: Mapping[str, Sequence[float]],
    budgets: Mapping[str, float],
) -> list[Figure]:
    """Return what this repository costs, and by how much more than each other tool."""
    ours = costs["ours"]
    figures = [Figure(f"{name}, {unit}", "s", float("inf"), tuple(ours))]
    for peer, budget in budgets.items():
        samples = [own / other for own, other in zip(ours, costs[peer], strict=True)]
        figures.append(Figure(f"{name} / {peer}", "x", budget, tuple(samples)))
    return figures


def fresh_clones(sides: Sides, scratch: Path) -> list[Figure]:
    """Measure a clone beside warm caches, from `git clone` to all verdicts: nothing runs, and all is said."""
    cache = f"--disk_cache={scratch / 'disk'}"
    sides.ours.bazel("clean")
    sides.bazel("test", cache, TESTS)()
    sides.all_tests()["Nx"]()
    sides.commit()
    costs: dict[str, list[float]] = {"ours": [], "uv and Nx": []}
    for turn in range(ROUNDS):
        clone = Checkout(scratch / f"ours-{turn}", sides.ours.source)
        peer = Peers(scratch / f"theirs-{turn}", scratch)

        def ours(clone: Checkout = clone) -> None:
            sides.ours.git("clone", "--quiet", ".", str(clone.root))
            clone.own_server(f"build {cache}")
            asked(clone, "test", TESTS)

        def theirs(peer: Peers = peer) -> None:
            sides.theirs.run("git", "clone", "--quiet", ".", str(peer.root))
            peer.install()
            peer.run("node_modules/.bin/nx", "run-many", "-t", "test")

        try:
            costs["ours"].append(seconds(ours))
            costs["uv and Nx"].append(seconds(theirs))
        finally:
            clone.bazel("shutdown")
            if (peer.root / "node_modules").exists():
                peer.run("node_modules/.bin/nx", "daemon", "--stop")
    figures = ratios("fresh clone", "wall", costs, {"uv and Nx": 3})
    return [replace(figures[0], budget=15), figures[1]]


def peers(checkout: Checkout) -> list[Figure]:
    """Measure every row; reaches PyPI and npm, and takes half an hour."""
    # Beside the copy, which goes with all that is below.
    scratch = checkout.root.parent / "peers"
    scratch.mkdir()
    theirs = Peers(scratch / "workspace", scratch)
    write_ours(checkout.root, LIBRARIES)
    checkout.git("add", "--all")
    theirs.create(LIBRARIES, checkout.source)
    sides = Sides(checkout, theirs)
    figures: list[Figure] = []
    try:
        for row in rows(sides):
            print(f"measuring {row.name}", file=sys.stderr)
            figures += compared(row, sides)
        return figures + fresh_clones(sides, scratch)
    finally:
        theirs.run("node_modules/.bin/nx", "daemon", "--stop")
