"""Generates small libraries that use each other, for this repository and for a workspace of uv, Nx and moon."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

# The folder of the copy of this repository that they lie in: below one whose modules are known to be its own.
OURS = "tools/peers"

CORE = '''"""Amounts of {name}."""


def amount(value: int) -> int:
    """Return an amount."""
    return value + {number}
'''
TEXT = '''"""Texts of {name}."""


def text(value: int) -> str:
    """Return a text."""
    return f"{name}: {{value}}"
'''
API = '''"""What {name} offers."""

{imports}

def total(value: int) -> int:
    """Return a total."""
    parts = [amount(value), len(text(value))]
{parts}    return sum(parts)
'''
TEST = '''"""Tests of {name}."""

{imports}

def test_amount() -> None:
    assert amount(1) == {number} + 1


def test_negative_amount() -> None:
    assert amount(-1) == {number} - 1


def test_text() -> None:
    assert text(1) == "{name}: 1"


def test_total() -> None:
    assert total(1) > 1


def test_larger_total() -> None:
    assert total(2) > total(1)
'''
BUILD = '''"""Library {name}."""

load("@rules_python//python:py_library.bzl", "py_library")

package(default_visibility = ["//visibility:private"])

py_library(
    name = "{name}",
    srcs = [
        "api.py",
        "core.py",
        "text.py",
    ],
    visibility = ["//{top}:__subpackages__"],
{deps})
'''
BUILD_OF_TESTS = '''"""Tests of {name}."""

load("//tools/testing:defs.bzl", "pytest_test")

package(default_visibility = ["//visibility:private"])

pytest_test(
    name = "test_{name}",
    size = "small",
    srcs = ["test_{name}.py"],
    deps = ["//{top}/{name}"],
)
'''
PROJECT = """[project]
name = "{name}"
version = "0"
requires-python = ">=3.14"
dependencies = {used}

[build-system]
requires = ["uv_build"]
build-backend = "uv_build"

[tool.uv.sources]
{sources}"""


def name_of(number: int) -> str:
    """Return the name of a library."""
    return f"p{number:04d}"


def used_by(number: int) -> list[int]:
    """Return the libraries that one uses: two nearer to library 0, which all stand on; the first two have fewer."""
    return sorted({(number - 1) // 2, number // 3} - {number}) if number else []


def _imports(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in sorted(lines))


def modules(number: int, prefix: str) -> dict[str, str]:
    """Return the sources of a library by name, its tests under `test`; modules begin with the prefix."""
    name = name_of(number)
    own = [
        f"from {prefix}{name}.core import amount",
        f"from {prefix}{name}.text import text",
    ]
    others = [name_of(other) for other in used_by(number)]
    calls = [
        f"from {prefix}{other}.api import total as total_{other}" for other in others
    ]
    parts = "".join(f"    parts.append(total_{other}(value))\n" for other in others)
    tested = f"from {prefix}{name}.api import total"
    return {
        "core.py": CORE.format(name=name, number=number),
        "text.py": TEXT.format(name=name),
        "api.py": API.format(name=name, imports=_imports(own + calls), parts=parts),
        "test": TEST.format(name=name, imports=_imports([*own, tested]), number=number),
    }


def write(path: Path, text: str) -> None:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_ours(root: Path, count: int) -> None:
    """Write the libraries with BUILD files, into a copy of this repository."""
    for number in range(count):
        name, files = name_of(number), modules(number, OURS.replace("/", ".") + ".")
        folder = root / OURS / name
        labels = "".join(
            f'        "//{OURS}/{name_of(other)}",\n' for other in used_by(number)
        )
        deps = f"    deps = [\n{labels}    ],\n" if labels else ""
        write(folder / f"tests/test_{name}.py", files.pop("test"))
        write(folder / "BUILD.bazel", BUILD.format(name=name, top=OURS, deps=deps))
        write(folder / "tests/BUILD.bazel", BUILD_OF_TESTS.format(name=name, top=OURS))
        for file, text in files.items():
            write(folder / file, text)


def write_theirs(root: Path, count: int, tasks: dict[str, str]) -> None:
    """Write the libraries as members of a uv workspace, each a project of Nx and of moon with the tasks."""
    for number in range(count):
        name, files = name_of(number), modules(number, "")
        folder = root / "packages" / name
        used = [name_of(other) for other in used_by(number)]
        sources = "".join(f"{other} = {{ workspace = true }}\n" for other in used)
        targets = {
            task: {
                "executor": "nx:run-commands",
                "options": {"command": command, "cwd": "{projectRoot}"},
            }
            for task, command in tasks.items()
        }
        nx = {"name": name, "implicitDependencies": used, "targets": targets}
        write(
            folder / "pyproject.toml",
            PROJECT.format(name=name, used=json.dumps(used), sources=sources),
        )
        write(folder / "project.json", json.dumps(nx, indent=2))
        write(folder / "moon.yml", f"dependsOn: {json.dumps(used)}\n")
        write(folder / f"tests/test_{name}.py", files.pop("test"))
        for file, text in files.items() | {
            ("__init__.py", f'"""Library {name}."""\n'),
            ("py.typed", ""),
        }:
            write(folder / "src" / name / file, text)


def edit(folder: Path, file: str, revision: int) -> None:
    """Change a number in a file of a library, below a folder, to a sum of the same value that was never there."""
    (path,) = folder.rglob(file)
    text = path.read_text(encoding="utf-8")
    changed = re.sub(
        r"(value \+|amount\(1\) ==) (\d+)( \+ \d+ - \d+)?",
        rf"\1 \2 + {revision} - {revision}",
        text,
        count=1,
    )
    path.write_text(changed, encoding="utf-8")
