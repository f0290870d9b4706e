"""Goldens of the driver's output: what mypy reports per target, through the program that Bazel runs.

They are run with every release of mypy. Each check is a process of its own, as in the
build, or a worker's child.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.checks.typed.archive import Archive
from tools.checks.typed.travel import DATA, META, META_EX
from tools.findings.finding import Finding, read_report

LIBRARY = '''"""A library."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """A place."""

    x: int
    y: int


def length(point: Point) -> int:
    """Return a distance."""
    return abs(point.x) + abs(point.y)
'''
USER = '''"""A user of the library."""

from libs.shapes.point import Point, length


def total(points: list[Point]) -> int:
    """Return the sum."""
    return sum(length(point) for point in points)
'''
WRONG = '''"""A user with one finding of each kind that matters."""

import numpy as np
from libs.absent import thing
from libs.shapes.point import Point, length

VALUE: str = length(Point(1, 2))
length("no point")


def untyped(x):
    return x


def mean(values: list[float]) -> str:
    """Return a mean."""
    return np.mean(np.array(values)).item()


NUMBER = 1  # type: ignore[assignment]
'''
# `requirements.in` names kombu, and the seed holds what it imports by itself, two levels deep.
DEEP = '''"""A user of a module that the seed leaves out."""

from kombu.transport import pyamqp

PORT: object = pyamqp.DEFAULT_PORT
'''
DEEP_USER = '''"""A user of that."""

from libs.deep.deep import PORT

COPY: object = PORT
'''


class Repository:
    """A repository in a folder, whose targets are checked one by one."""

    def __init__(self, root: Path, seed: Path) -> None:
        self.root = root
        self.seed = seed

    def write(self, path: str, text: str) -> None:
        """Write a source."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def arguments(
        self, name: str, sources: Sequence[str], deps: Sequence[str]
    ) -> list[str]:
        """Return the arguments of one target's check."""
        return [
            f"--target=//{name}",
            f"--report={name}.jsonl",
            f"--output={name}.types",
            "--config=pyproject.toml",
            *(f"--source={source}" for source in sources),
            *(f"--types={dep}.types" for dep in deps),
            f"--types={self.seed}",
        ]

    def start(
        self, arguments: Sequence[str], given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run the program."""
        environ = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
        return subprocess.run(
            [sys.executable, "-m", "tools.checks.typed", *arguments],
            cwd=self.root,
            env={**environ, "PYTHONHASHSEED": "0"},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    def check(self, name: str, sources: Sequence[str], *deps: str) -> list[Finding]:
        """Check one target and return its findings."""
        done = self.start(self.arguments(name, sources, deps))
        assert done.returncode == 0, done.stdout + done.stderr
        return read_report(self.root / f"{name}.jsonl")

    def types(self, name: str) -> bytes:
        """Return what a target hands to its dependents."""
        return (self.root / f"{name}.types").read_bytes()


@pytest.fixture
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    shutil.copy("pyproject.toml", tmp_path)
    made = Repository(tmp_path, Path(request.config.getoption("--seed")).absolute())
    made.write("libs/shapes/point.py", LIBRARY)
    made.write("libs/user/user.py", USER)
    return made


def test_types_flow_from_a_target_to_its_dependent(repository: Repository) -> None:
    library = repository.check("shapes", ["libs/shapes/point.py"])
    (repository.root / "libs/shapes/point.py").unlink()

    user = repository.check("user", ["libs/user/user.py"], "shapes")

    assert (library, user) == ([], [])


def test_every_finding_has_its_place_its_code_and_its_text(
    repository: Repository,
) -> None:
    repository.check("shapes", ["libs/shapes/point.py"])
    repository.write("libs/user/wrong.py", WRONG)

    got = repository.check("wrong", ["libs/user/wrong.py"], "shapes")

    assert [(f.line, f.column, f.rule, f.text) for f in got] == [
        (
            4,
            1,
            "mypy/import-not-found",
            'Cannot find implementation or library stub for module named "libs.absent" '
            "(See https://mypy.readthedocs.io/en/stable/running_mypy.html#missing-imports)",
        ),
        (
            7,
            14,
            "mypy/assignment",
            'Incompatible types in assignment (expression has type "int", variable has type "str")',
        ),
        (
            8,
            8,
            "mypy/arg-type",
            'Argument 1 to "length" has incompatible type "str"; expected "Point"',
        ),
        (
            11,
            1,
            "mypy/no-untyped-def",
            "Function is missing a type annotation",
        ),
        (
            17,
            5,
            "mypy/no-any-return",
            'Returning Any from function declared to return "str"',
        ),
        (20, 0, "mypy/unused-ignore", 'Unused "type: ignore" comment'),
    ]
    assert {f.path for f in got} == {"libs/user/wrong.py"}


def test_body_edit_is_not_seen_by_dependents_and_an_interface_edit_is(
    repository: Repository,
) -> None:
    repository.check("shapes", ["libs/shapes/point.py"])
    before = repository.types("shapes")

    repository.write("libs/shapes/point.py", LIBRARY.replace("abs(point.y)", "point.y"))
    repository.check("shapes", ["libs/shapes/point.py"])
    body = repository.types("shapes")
    repository.write("libs/shapes/point.py", LIBRARY.replace("-> int", "-> float"))
    repository.check("shapes", ["libs/shapes/point.py"])
    interface = repository.types("shapes")

    assert body == before
    assert interface != before
    assert [
        f.rule for f in repository.check("user", ["libs/user/user.py"], "shapes")
    ] == ["mypy/misc"]


def test_error_in_a_body_is_not_seen_by_dependents(repository: Repository) -> None:
    repository.check("shapes", ["libs/shapes/point.py"])
    before = repository.types("shapes")
    repository.write("libs/shapes/point.py", LIBRARY.replace("abs(point.y)", '"y"'))

    findings = repository.check("shapes", ["libs/shapes/point.py"])

    assert [f.rule for f in findings] == ["mypy/operator"]
    assert repository.types("shapes") == before


def test_syntax_error_is_reported_once_and_not_by_dependents(
    repository: Repository,
) -> None:
    repository.write("libs/shapes/point.py", "def f(:\n")

    library = repository.check("shapes", ["libs/shapes/point.py"])
    user = repository.check("user", ["libs/user/user.py"], "shapes")

    assert {(f.path, f.rule) for f in library} == {
        ("libs/shapes/point.py", "mypy/syntax")
    }
    assert user == []


def test_source_that_python_refuses_is_left_to_the_import_check(
    repository: Repository,
) -> None:
    (repository.root / "libs/shapes/point.py").write_bytes(b"'\xe9'\n")

    library = repository.check("shapes", ["libs/shapes/point.py"])
    user = repository.check("user", ["libs/user/user.py"], "shapes")

    assert (library, user) == ([], [])


def test_source_in_another_encoding_is_analysed(repository: Repository) -> None:
    (repository.root / "libs/shapes/point.py").write_bytes(
        b"# coding: latin-1\nX: int = '\xe9'\n"
    )

    (got,) = repository.check("shapes", ["libs/shapes/point.py"])

    assert (got.line, got.rule) == (2, "mypy/assignment")


def test_stub_is_taken_for_the_module_beside_it(repository: Repository) -> None:
    repository.write("libs/shapes/point.py", "def area(a, b):\n    return a * b\n")
    repository.write(
        "libs/shapes/point.pyi", "def area(a: float, b: float) -> float: ...\n"
    )
    repository.write(
        "libs/user/user.py",
        "from libs.shapes.point import area\n\nX: str = area(1, 2)\n",
    )
    sources = ["libs/shapes/point.py", "libs/shapes/point.pyi"]

    library = repository.check("shapes", sources)
    user = repository.check("user", ["libs/user/user.py"], "shapes")

    assert library == []
    assert [(f.line, f.rule) for f in user] == [(3, "mypy/assignment")]


def test_types_travel_from_a_target_that_switches_its_check_off(
    repository: Repository,
) -> None:
    repository.write("libs/shapes/point.py", LIBRARY + "WRONG: str = 1\n")
    arguments = repository.arguments("shapes", ["libs/shapes/point.py"], [])
    repository.start([*arguments, "--silent"])

    assert read_report(repository.root / "shapes.jsonl") == []
    assert repository.check("user", ["libs/user/user.py"], "shapes") == []


def test_module_beside_the_seed_is_analysed_once_and_travels(
    repository: Repository,
) -> None:
    repository.write("libs/deep/deep.py", DEEP)
    repository.write("libs/user/user.py", DEEP_USER)

    found = repository.check("deep", ["libs/deep/deep.py"])
    found += repository.check("user", ["libs/user/user.py"], "deep")

    rows = {name: set(archive_rows(repository, name)) for name in ("deep", "user")}
    assert found == []
    assert "kombu/transport/pyamqp.meta.ff" in rows["deep"]
    assert rows["user"] == rows_of("libs/user", "libs/user/user")


def test_folder_without_init_is_analysed_once_and_travels(
    repository: Repository,
) -> None:
    repository.check("shapes", ["libs/shapes/point.py"])
    repository.check("user", ["libs/user/user.py"], "shapes")

    assert set(archive_rows(repository, "shapes")) == rows_of(
        "libs", "libs/shapes", "libs/shapes/point"
    )
    assert set(archive_rows(repository, "user")) == rows_of(
        "libs/user", "libs/user/user"
    )


def test_folder_that_another_target_makes_a_package_is_that_package(
    repository: Repository,
) -> None:
    repository.write("libs/shapes/__init__.py", "SIDES: int = 4\n")
    repository.check("shapes", ["libs/shapes/point.py"])
    repository.check("package", ["libs/shapes/__init__.py"])
    repository.write(
        "libs/user/user.py", "from libs.shapes import SIDES\n\nHALF: str = SIDES\n"
    )

    for deps in (("shapes", "package"), ("package", "shapes")):
        found = repository.check("user", ["libs/user/user.py"], *deps)

        assert [(f.line, f.rule) for f in found] == [(3, "mypy/assignment")]


def rows_of(*stems: str) -> set[str]:
    """Return the names of the rows of modules."""
    return {f"{stem}{ending}" for stem in stems for ending in (META, META_EX, DATA)}


def archive_rows(repository: Repository, name: str) -> list[str]:
    """Return the names of the rows that a target hands on."""
    return list(Archive(repository.root / f"{name}.types").names())


def test_worker_writes_the_same_bytes_and_survives_a_failure(
    repository: Repository,
) -> None:
    repository.check("shapes", ["libs/shapes/point.py"])
    repository.check("user", ["libs/user/user.py"], "shapes")
    alone = [repository.types("shapes"), repository.types("user")]
    requests = [
        repository.arguments("broken", ["libs/nowhere.py"], []),
        repository.arguments("shapes", ["libs/shapes/point.py"], []),
        repository.arguments("user", ["libs/user/user.py"], ["shapes"]),
    ]
    given = "".join(
        json.dumps({"arguments": r, "requestId": 0}) + "\n" for r in requests
    )

    served = repository.start(["--persistent_worker"], given)

    answers = [json.loads(line)["exitCode"] for line in served.stdout.splitlines()]
    assert answers == [1, 0, 0]
    assert [repository.types("shapes"), repository.types("user")] == alone


def test_results_do_not_depend_on_the_folder(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    repository.check("shapes", ["libs/shapes/point.py"])
    elsewhere = Repository(
        tmp_path_factory.mktemp("elsewhere") / "deep" / "er", repository.seed
    )
    elsewhere.write("libs/shapes/point.py", LIBRARY)
    shutil.copy("pyproject.toml", elsewhere.root)

    elsewhere.check("shapes", ["libs/shapes/point.py"])

    assert elsewhere.types("shapes") == repository.types("shapes")
