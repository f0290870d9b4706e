"""The merged report against coverage.py's own of the same tests in one process."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tools.nested.checkout import Checkout
from tools.test_coverage.cases.workspace import cover, report
from tools.test_coverage.data.file_coverage import FileCoverage

BUILD = """load("@rules_python//python:py_library.bzl", "py_library")
load("//tools/testing:defs.bzl", "pytest_test")

py_library(
    name = "library",
    srcs = glob(["{package}/**/*.py"]),
    data = glob(["tests/**"]),
    imports = ["."],
)

[
    pytest_test(
        name = test,
        size = "medium",
        srcs = ["tests/" + test + ".py"],
        args = ["-W", "default", "-k", "'{same_each_time}'"],
        deps = [":library", "@pip//hypothesis"],
    )
    for test in {tests}
]
"""
SETTINGS = """[run]
branch = true
core = sysmon
relative_files = true
include = {include}
"""

# Tests of threads take the way that another thread leaves them.
SAME_EACH_TIME = "not concurrent and not callback"

KEYS = ("executed_lines", "missing_lines", "executed_branches", "missing_branches")

# Of one file: numbers of lines, and pairs of them. Any: what json gives.
type Lists = dict[str, list[Any]]


@dataclass(frozen=True)
class Library:
    """A source distribution, and those of its tests that need nothing more."""

    requirement: str
    sha256: str
    package: str
    tests: tuple[str, ...]


LIBRARIES = (
    Library(
        "more-itertools==11.2.1",
        "cbf08fd0af284dc69718b9b76a8e6203df624d70209ea511e4219d350c856f63",
        "more_itertools",
        ("test_more", "test_recipes"),
    ),
    Library(
        "idna==3.20",
        "a7db850025b95ded1eae8a46181a1a6c56c92c96f0e2b005d9ff8dc0210cab44",
        "idna",
        (
            "test_idna",
            "test_idna_codec",
            "test_idna_compat",
            "test_idna_errors",
            "test_intranges",
        ),
    ),
)
# Of this repository: tests that are the same each time.
OWN = (
    "analyse/tests/test_carry",
    "data/tests/test_run",
    "data/tests/test_totals",
    "html/tests/test_views",
    "report/tests/test_changes",
    "report/tests/test_floors",
    "report/tests/test_formats",
)


def unpack(library: Library, folder: Path) -> Path:
    """Fetch a source distribution and return its folder."""
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{library.requirement} --hash=sha256:{library.sha256}\n")
    python = shutil.which("python3")
    assert python, "found no python3 on the PATH, wanted one with pip"
    command = [python, "-m", "pip", "download", "--no-deps", "--no-binary=:all:"]
    subprocess.run(
        [*command, "--require-hashes", f"--requirement={wanted}", f"--dest={folder}"],
        check=True,
        capture_output=True,
        timeout=600,
    )
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as sources:
        sources.extractall(folder, filter="data")
    return archive.with_name(archive.name.removesuffix(".tar.gz"))


def of_one_process(
    checkout: Checkout, folder: Path, include: str, tests: list[str]
) -> dict[str, Lists]:
    """Return coverage.py's own report of these tests, file by file."""
    settings = folder / "coverage.ini"
    settings.write_text(SETTINGS.format(include=include))
    data = folder / "data"
    # What this program imports, and the copy instead of its own sources.
    path = [str(checkout.root), str((checkout.root / tests[0]).parents[1]), *sys.path]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
    coverage = [sys.executable, "-m", "coverage"]
    options = [f"--rcfile={settings}", f"--data-file={data}"]
    flags = ["-c", "pyproject.toml", "--rootdir=.", "--import-mode=importlib"]
    flags += ["-W", "default", "-p", "no:cacheprovider", "-q", "-k", SAME_EACH_TIME]
    done = subprocess.run(
        [*coverage, "run", *options, "-m", "pytest", *flags, *tests],
        cwd=checkout.root,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    output = folder / "own.json"
    subprocess.run(
        [*coverage, "json", *options, "-q", "-o", str(output)],
        cwd=checkout.root,
        env=environ,
        check=True,
        timeout=600,
    )
    files: dict[str, Lists] = json.loads(output.read_text())["files"]
    return files


def sets(found: FileCoverage) -> Lists:
    """Return a file's lines and branches as coverage.py's report has them."""
    lines, ways = sorted(found.lines.items()), sorted(found.branches.items())
    return {
        "executed_lines": [line for line, count in lines if count],
        "missing_lines": [line for line, count in lines if not count],
        "executed_branches": [[way.line, way.target] for way, count in ways if count],
        "missing_branches": [
            [way.line, way.target] for way, count in ways if not count
        ],
    }


def sets_of(file: Lists) -> Lists:
    """Return the same of coverage.py's report, with exits as 0."""
    same = dict(file)
    for key in ("executed_branches", "missing_branches"):
        same[key] = sorted([line, max(target, 0)] for line, target in file[key])
    return {key: same[key] for key in KEYS}


def assert_same(merged: dict[str, FileCoverage], own: dict[str, Lists]) -> None:
    """Hold the merged report to coverage.py's, file by file."""
    assert own.keys() <= merged.keys()
    for path, file in own.items():
        found, wanted = sets(merged[path]), sets_of(file)
        differing = [
            (key, it)
            for key in KEYS
            for it in found[key] + wanted[key]
            if (it in found[key]) != (it in wanted[key])
        ]
        assert found == wanted, f"{path}: {differing}"


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.package)
def test_real_library_with_its_own_tests(
    checkout: Checkout, library: Library, tmp_path: Path
) -> None:
    source = unpack(library, tmp_path)
    folder = f"cross/{library.package}"
    package = source / library.package
    if not package.exists():
        package = source / "src" / library.package
    shutil.copytree(package, checkout.root / folder / library.package)
    shutil.copytree(source / "tests", checkout.root / folder / "tests")
    build = BUILD.format(
        package=library.package,
        tests=json.dumps(library.tests),
        same_each_time=SAME_EACH_TIME,
    )
    checkout.write(f"{folder}/BUILD.bazel", build)

    got = cover(checkout, f"//{folder}/...")
    merged = report(checkout)
    include = f"{checkout.root}/{folder}/{library.package}/*"
    tests = [f"{folder}/tests/{test}.py" for test in library.tests]
    own = of_one_process(checkout, tmp_path, include, tests)

    assert got.exit_code == 0, got.text
    assert sum(len(file["executed_lines"]) for file in own.values()) > 400
    assert_same(merged, own)


def test_own_code(checkout: Checkout, tmp_path: Path) -> None:
    labels = [f"//tools/test_coverage/{':'.join(name.rsplit('/', 1))}" for name in OWN]
    tests = [f"tools/test_coverage/{name}.py" for name in OWN]
    include = ",".join(
        f"{checkout.root}/tools/test_coverage/{room}/*.py"
        for room in ("analyse", "data", "html", "report")
    )

    got = cover(checkout, *labels)
    merged = report(checkout)
    own = of_one_process(checkout, tmp_path, include, tests)

    assert got.exit_code == 0, got.text
    assert len(own) >= 8
    assert_same(merged, own)
