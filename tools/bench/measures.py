"""The measures themselves, each over a scratch copy of the repository."""

import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tools.bench.calls import asked, seconds
from tools.bench.figures import Figure
from tools.bench.images import images
from tools.bench.peers.rows import peers
from tools.nested.checkout import Checkout

TESTS = 40
ROUNDS = 5
JOBS = 2
# Named `tests`, since the checks ask less of a test than of a program.
OVERHEAD = "overhead/tests"
HEADER = '''"""Trivial tests, generated to be measured."""

load("//tools/testing:defs.bzl", "pytest_test")
'''
TARGET = """
pytest_test(
    name = "test_{number}",
    size = "small",
    srcs = ["test_{number}.py"],
)
"""
SOURCE = '''"""A trivial test."""


def test_sum() -> None:
    assert {number} + {number} == {sum}
'''
# A file that nothing else imports.
EDITED = "tools/repl/__main__.py"
# What pytest itself needs, at the places where the build keeps it.
BARE = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")


def add_tests(checkout: Checkout) -> None:
    """Add a package of trivial tests, each a target of its own, to a copy of the repository."""
    build = HEADER
    for number in range(TESTS):
        build += TARGET.format(number=number)
        source = SOURCE.format(number=number, sum=2 * number)
        checkout.write(f"{OVERHEAD}/test_{number}.py", source)
    checkout.write(f"{OVERHEAD}/BUILD.bazel", build)


def bare_environment(external: Path) -> dict[str, str]:
    """Return what starts pytest outside Bazel on the same compiled files."""
    folders = [
        str(next(external.glob(f"*pip_{name}")) / "site-packages") for name in BARE
    ]
    return {
        **os.environ,
        "PYTHONPATH": ":".join(folders),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def run_bare(checkout: Checkout) -> None:
    """Run every generated test by a bare `python -m pytest`, so many at a time."""
    external = checkout.output_base / "external"
    (python,) = external.glob("*python_interpreter/bin/python3*")
    environment = bare_environment(external)

    def run(number: int) -> None:
        arguments = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null"]
        subprocess.run(
            [python, "-m", "pytest", *arguments, f"test_{number}.py"],
            cwd=checkout.root / OVERHEAD,
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(run, range(TESTS)))


def hermetic_overhead(checkout: Checkout) -> list[Figure]:
    """Measure a trivial hermetic test against a bare one, and the no-op between."""
    add_tests(checkout)
    test = ("test", f"//{OVERHEAD}:all", f"--jobs={JOBS}", f"--local_test_jobs={JOBS}")
    asked(checkout, *test)
    ratios, noops = [], []
    for _ in range(ROUNDS):
        bare = seconds(lambda: run_bare(checkout))
        again = (*test, "--nocache_test_results")
        hermetic = seconds(lambda: asked(checkout, *again))  # noqa: B023  # called here
        asked(checkout, *test)
        noop = seconds(lambda: asked(checkout, *test))
        ratios.append((hermetic - noop) / bare)
        noops.append(noop)
    return [
        Figure("trivial hermetic test / bare pytest", "x", 1.3, tuple(ratios)),
        Figure(f"no-op of {TESTS} tests", "s", 1.0, tuple(noops)),
    ]


def checks(checkout: Checkout) -> list[Figure]:
    """Measure what format, lint, type and import checks add: cold, warm, and for an edit."""
    checked = ("build", "//...")
    unchecked = (*checked, "--config=nochecks")
    asked(checkout, *unchecked)
    cold = seconds(lambda: asked(checkout, *checked))
    edited = checkout.root / EDITED
    source = edited.read_text()
    ratios, noops, verdicts = [], [], []
    for number in range(ROUNDS):
        asked(checkout, *unchecked)
        without = seconds(lambda: asked(checkout, *unchecked))
        asked(checkout, *checked)
        noop = seconds(lambda: asked(checkout, *checked))
        edited.write_text(f"{source}\n\nREVISION = {number}\n")
        verdicts.append(seconds(lambda: asked(checkout, *checked)))
        ratios.append(noop / without)
        noops.append(noop)
    return [
        Figure("checks of the repository, cold", "s", 180.0, (cold,)),
        Figure("no-op with checks / without", "x", 1.3, tuple(ratios)),
        Figure("no-op with checks", "s", 1.0, tuple(noops)),
        Figure("edit of one file to the verdict", "s", 3.0, tuple(verdicts)),
    ]


def hook(checkout: Checkout) -> list[Figure]:
    """Measure a commit of one Python file with the git hook."""
    asked(checkout, "run", "//tools/checks:install_hook")
    edited = checkout.root / EDITED
    source = edited.read_text()
    taken = []
    for number in range(ROUNDS + 1):
        edited.write_text(f"{source}\n\nREVISION = {number}\n")
        checkout.git("add", "--all")
        taken.append(seconds(partial(checkout.git, "commit", f"--message={number}")))
    return [
        Figure("commit of one Python file with the hook", "s", 1.0, tuple(taken[1:]))
    ]


MEASURES: dict[str, Callable[[Checkout], list[Figure]]] = {
    "overhead": hermetic_overhead,
    "checks": checks,
    "hook": hook,
    "images": images,
    "peers": peers,
}
# What reaches beyond this machine is measured only by name.
ON_REQUEST = ("peers",)
