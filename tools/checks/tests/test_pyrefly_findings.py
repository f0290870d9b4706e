"""Tests of what is reported of a target's types, by Pyrefly itself: run them with every release of it."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tools.checks.pyrefly_findings import PyreflyError, main
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


NUMBER = 1  # pyrefly: ignore[bad-assignment]
'''
# What `[tool.pyrefly]` asks for beyond the preset, a line each, and the line's rule.
STRICT = {
    "def f(x: int):\n    return x": "unannotated-return",
    "def f(x: list) -> None: ...": "implicit-any-type-argument",
    "import json\ndef f() -> int:\n    return json.loads('')": "no-any-return-explicit",
    "def f(x: int) -> bool:\n    return x == 'a'": "incompatible-comparison",
    "def f(x: str | None) -> str:\n    return x.upper()": "missing-attribute",
    "from typing import cast\nA: int = 3\nB = cast(int, A)": "redundant-cast",
    "def f() -> int:\n    return ''  # type: ignore": "bad-return",
}


class Repository:
    """A repository in the working directory, whose targets are checked one by one."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.sites: list[Path] = []

    def write(self, path: str, text: str) -> None:
        """Write a source."""
        file = Path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def check(
        self, name: str, sources: Sequence[str], *deps: str, flags: Sequence[str] = ()
    ) -> list[Finding]:
        """Check one target and return its findings."""
        exit_code = main(
            [
                f"--target=//{name}",
                f"--report={name}.jsonl",
                f"--interface={name}.json",
                f"--pyrefly={self.program}",
                "--config=pyproject.toml",
                *(f"--source={source}={source}" for source in sources),
                *(f"--below={dep}.json" for dep in deps),
                *(f"--site={site}" for site in self.sites),
                *flags,
            ]
        )
        assert exit_code == 0
        return read_report(Path(f"{name}.jsonl"))


@pytest.fixture
def repository(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Repository:
    (program,) = (
        path
        for path in request.config.getoption("--pyrefly").split()
        if path.endswith("/bin/pyrefly")
    )
    made = Repository(str(Path(program).absolute()))
    shutil.copy("pyproject.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    made.write("libs/shapes/point.py", LIBRARY)
    made.write("libs/user/user.py", USER)
    return made


def test_types_flow_from_a_target_to_its_dependent(repository: Repository) -> None:
    library = repository.check("shapes", ["libs/shapes/point.py"])
    Path("libs/shapes/point.py").unlink()

    assert library == []
    assert repository.check("user", ["libs/user/user.py"], "shapes") == []


def test_what_no_dep_stands_for_is_not_found(repository: Repository) -> None:
    (got,) = repository.check("user", ["libs/user/user.py"])

    assert (got.line, got.text, got.rule) == (
        3,
        "Cannot find module `libs.shapes.point`",
        "pyrefly/missing-import",
    )
    assert "//:fix" in got.fix


def test_every_module_of_python_is_found(repository: Repository) -> None:
    names = [name for name in sys.stdlib_module_names if not name.startswith("_")]
    lines = [f"import {name}" for name in [*names, "test.support", "idlelib.run"]]
    repository.write("libs/user/python.py", "\n".join(lines))

    assert repository.check("python", ["libs/user/python.py"]) == []


def test_every_finding_has_its_place_its_rule_and_its_text(
    repository: Repository,
) -> None:
    repository.sites = [Path(np.__file__).parents[1]]
    repository.check("shapes", ["libs/shapes/point.py"])
    repository.write("libs/user/wrong.py", WRONG)

    got = repository.check("wrong", ["libs/user/wrong.py"], "shapes")

    assert [(f.line, f.column, f.rule.removeprefix("pyrefly/")) for f in got] == [
        (4, 1, "missing-import"),
        (7, 14, "bad-assignment"),
        (8, 8, "bad-argument-type"),
        (11, 5, "unannotated-return"),
        (11, 13, "implicit-any-parameter"),
        (17, 12, "bad-return"),
        (20, 13, "unused-ignore"),
    ]
    assert {(f.path, f.target) for f in got} == {("libs/user/wrong.py", "//wrong")}
    assert got[1].text == "`int` is not assignable to `str`"


@pytest.mark.parametrize(("source", "rule"), STRICT.items())
def test_settings_are_strict(repository: Repository, source: str, rule: str) -> None:
    repository.write("libs/user/strict.py", source)

    found = repository.check("strict", ["libs/user/strict.py"])

    assert [f.rule for f in found] == [f"pyrefly/{rule}"]


def test_edit_of_the_interface_alone_reaches_a_dependent(
    repository: Repository,
) -> None:
    repository.check("shapes", ["libs/shapes/point.py"])
    before = Path("shapes.json").read_bytes()

    repository.write("libs/shapes/point.py", LIBRARY.replace("abs(point.y)", '"y"'))
    wrong = repository.check("shapes", ["libs/shapes/point.py"])
    body = Path("shapes.json").read_bytes()
    repository.write("libs/shapes/point.py", LIBRARY.replace("-> int", "-> str"))
    repository.check("shapes", ["libs/shapes/point.py"])
    (user,) = repository.check("user", ["libs/user/user.py"], "shapes")

    assert [f.rule for f in wrong] == ["pyrefly/unsupported-operation"]
    assert body == before
    assert (user.line, user.rule) == (8, "pyrefly/no-matching-overload")


def test_syntax_error_is_reported_where_it_is(repository: Repository) -> None:
    repository.write("libs/shapes/point.py", "def f(:\n")

    library = repository.check("shapes", ["libs/shapes/point.py"])
    user = repository.check("user", ["libs/user/user.py"], "shapes")

    assert "pyrefly/parse-error" in {found.rule for found in library}
    assert user == []


def test_interface_of_a_target_that_is_not_checked_is_read(
    repository: Repository,
) -> None:
    repository.write("libs/shapes/point.py", LIBRARY + "WRONG: str = 1\n")

    library = repository.check("shapes", ["libs/shapes/point.py"], flags=["--silent"])

    assert library == []
    assert repository.check("user", ["libs/user/user.py"], "shapes") == []


def test_cycle_by_types_alone_is_a_finding_without_the_dep(
    repository: Repository,
) -> None:
    typed = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from libs.cyc.one import One\n"
    repository.write("libs/cyc/core.py", f'{typed}\ndef f(one: "One") -> None: ...\n')
    one = "from libs.cyc.core import f\n\nclass One: ...\n\nf(One())\n"
    repository.write("libs/cyc/one.py", one)

    (core,) = repository.check("core", ["libs/cyc/core.py"])

    assert core.text == "Cannot find module `libs.cyc.one`"
    assert repository.check("one", ["libs/cyc/one.py"], "core") == []


@pytest.mark.parametrize("deps", [("shapes", "package"), ("package", "shapes")])
def test_folder_that_another_target_makes_a_package_is_that_package(
    repository: Repository, deps: Sequence[str]
) -> None:
    repository.write("libs/shapes/__init__.py", "SIDES: int = 4\n")
    repository.check("shapes", ["libs/shapes/point.py"])
    repository.check("package", ["libs/shapes/__init__.py"])
    user = "from libs.shapes import SIDES\nfrom libs.shapes.point import Point\n\nHALF: str = SIDES\n"
    repository.write("libs/user/user.py", user)

    found = repository.check("user", ["libs/user/user.py"], *deps)

    assert [(f.line, f.rule) for f in found] == [(4, "pyrefly/bad-assignment")]


def test_import_root_below_the_repositorys(repository: Repository) -> None:
    repository.write("libs/deep/src/deep/depth.py", "DEPTH: int = 3\n")
    repository.write("libs/user/user.py", "from deep.depth import DEPTH\n")
    repository.check("deep", ["libs/deep/src/deep/depth.py"])

    found = repository.check(
        "user", ["libs/user/user.py"], "deep", flags=["--root=libs/deep/src"]
    )

    assert found == []


def test_distributions_are_found_in_folders_of_their_own(
    repository: Repository,
) -> None:
    for name in ("one", "two"):
        repository.write(f"site/{name}/space/{name}/__init__.py", "X: int = 1\n")
        repository.write(f"site/{name}/space/{name}/py.typed", "")
    repository.write("site/three/plain/__init__.py", "def f(x): return x\n")
    repository.write("site/four/plain-stubs/__init__.pyi", "def f(x: int) -> int: ...")
    repository.write("site/four/plain-stubs/py.typed", "partial\n")
    repository.sites = [Path("site", n) for n in ("one", "two", "three", "four")]
    imports = "import space.one\nimport space.two\nfrom plain import f\n\n"
    text = f'{imports}A: str = space.one.X\nB: str = space.two.X\nf("")\n'
    repository.write("libs/user/user.py", text)

    found = repository.check("user", ["libs/user/user.py"])

    assert [(f.line, f.rule) for f in found] == [
        (5, "pyrefly/bad-assignment"),
        (6, "pyrefly/bad-assignment"),
        (7, "pyrefly/bad-argument-type"),
    ]


def test_folder_named_like_a_distribution_does_not_hide_it(
    repository: Repository,
) -> None:
    repository.sites = [Path(np.__file__).parents[1]]
    repository.write("numpy/helpers.py", "A = 1\n")
    user = "import numpy as np\n\nX: str = np.zeros(3).shape\n"
    repository.write("numpy/tests/test_top.py", user)
    repository.check("helpers", ["numpy/helpers.py"])

    found = repository.check("top", ["numpy/tests/test_top.py"], "helpers")

    assert [(f.line, f.rule) for f in found] == [(3, "pyrefly/bad-assignment")]


def test_stub_stands_for_its_module(repository: Repository) -> None:
    repository.write("libs/fast/fast.py", "def twice(n):\n    return 2 * n\n")
    repository.write("libs/fast/fast.pyi", "def twice(n: int) -> int: ...\n")
    user = 'from libs.fast.fast import twice\n\nX: str = twice(2)\ntwice("")\n'
    repository.write("libs/user/user.py", user)

    library = repository.check("fast", ["libs/fast/fast.py", "libs/fast/fast.pyi"])
    found = repository.check("user", ["libs/user/user.py"], "fast")

    assert library == []
    assert [f.rule for f in found] == [
        "pyrefly/bad-assignment",
        "pyrefly/bad-argument-type",
    ]


def test_sources_are_read_as_python_reads_them(repository: Repository) -> None:
    text = "# coding: latin-1\nNAME: int = 'é'\n"
    Path("libs/user/old.py").write_bytes(text.encode("latin-1"))
    Path("libs/user/bad.py").write_bytes(b"NAME = '\xe9'\n")
    user = "from libs.user.bad import NAME\nfrom libs.user.old import NAME as OLD\n"
    repository.write("libs/user/user.py", f"{user}\nA: str = NAME\nB: str = OLD\n")

    found = repository.check("old", ["libs/user/old.py", "libs/user/bad.py"])
    nothing = repository.check("bad", ["libs/user/bad.py"])
    dependent = repository.check("user", ["libs/user/user.py"], "old")

    assert [(f.path, f.line, f.text) for f in found] == [
        ("libs/user/old.py", 2, "`Literal['é']` is not assignable to `int`")
    ]
    assert nothing == []
    assert [(f.line, f.rule) for f in dependent] == [(5, "pyrefly/bad-assignment")]


def test_answer_does_not_depend_on_the_folder(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("libs/user/wrong.py", WRONG)
    sources = ["libs/shapes/point.py", "libs/user/wrong.py"]
    repository.check("all", sources)
    elsewhere = tmp_path / "deep" / "er"
    shutil.copytree("libs", elsewhere / "libs")
    shutil.copy("pyproject.toml", elsewhere)
    monkeypatch.chdir(elsewhere)

    repository.check("all", sources)

    for name in ("all.jsonl", "all.json"):
        assert Path(name).read_bytes() == (tmp_path / name).read_bytes()


def test_settings_that_pyrefly_cannot_read_are_no_finding(
    repository: Repository,
) -> None:
    Path("pyproject.toml").write_text('[tool.pyrefly]\npreset = "stern"\n')

    with pytest.raises(PyreflyError, match="unknown variant `stern`"):
        repository.check("shapes", ["libs/shapes/point.py"])
