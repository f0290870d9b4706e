"""A tree of small libraries and tests, and seeded edits of it."""

import random
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

FOLDER = "libs/made"
PACKAGES = 8
LOCK = "requirements_lock.txt"
# Of the made packages, those that import a distribution themselves, which imports another.
IMPORTERS = (1, 4)
# What it is pinned to by an edit, and what the other is.
DIRECT = (
    "anyio==4.15.0 --hash="
    "sha256:7ecd9937369ffce8bba0b5ccb9b3a9507b101b0ed50256aecfbab27e6c2acb99"
)
TRANSITIVE = (
    "idna==3.19 --hash="
    "sha256:815e7be7a7806d54abb586dc943addc79e8b2ee16915059658cbeff4b1b43bf4"
)
MACROS = '''"""Macros of the made tree."""

load("//tools/testing:defs.bzl", "pytest_test")

SIZE = "small"

def made_test(name, **kwargs):
    """Makes a small test.

    Args:
      name: the target's name.
      **kwargs: what else a `pytest_test` takes.
    """
    pytest_test(name = name, size = SIZE, **kwargs)
'''
BUILD = '''"""A made library."""

load("@rules_python//python:py_library.bzl", "py_library")
load("//{folder}:defs.bzl", "made_test")
load("//tools/testing:defs.bzl", "pytest_test")

package(default_visibility = ["//visibility:private"])

package_group(
    name = "users",
    packages = [
        # users
{users}    ],
)

py_library(
    name = "p{number}",
    srcs = ["code.py"],
    data = glob(["data/*.txt"]) + [":made_data"],
    visibility = [":users"],
    deps = [
        # deps
{deps}    ],
)

genrule(
    name = "made_data",
    srcs = ["source.txt"],
    outs = ["made.txt"],
    cmd = "cp $< $@",
)

made_test(
    name = "test_code",
    srcs = ["test_code.py"],
    deps = [":p{number}"],
)

pytest_test(
    name = "test_alone",
    size = "small",
    srcs = ["test_alone.py"],
)
'''


def write_tree(root: Path, chance: random.Random) -> None:
    """Write libraries of which later ones use earlier ones, each with two tests."""
    uses = {
        user: sorted(chance.sample(range(user), min(user, 2)))
        for user in range(PACKAGES)
    }
    tree = root / FOLDER
    files = {"BUILD.bazel": '"""A made tree."""\n', "defs.bzl": MACROS}
    for number, used in uses.items():
        users = [user for user, names in uses.items() if number in names]
        deps = [f"//{FOLDER}/p{other}" for other in used]
        modules = [f"libs.made.p{other}.code" for other in used]
        if number in IMPORTERS:
            deps.append("@pip//anyio")
            modules.append("anyio")
        imports = "".join(f"import {module}\n" for module in modules)
        files |= {
            f"p{number}/BUILD.bazel": BUILD.format(
                folder=FOLDER,
                number=number,
                users=_lines(f"//{FOLDER}/p{user}" for user in users),
                deps=_lines(deps),
            ),
            f"p{number}/code.py": f'"""Code."""\n\n{imports}\nNUMBER = {number}\n',
            f"p{number}/data/one.txt": "one\n",
            f"p{number}/source.txt": "source\n",
            f"p{number}/test_code.py": "import libs.made.p"
            f"{number}.code as code\n\n\ndef test_code():\n    assert code.NUMBER >= 0\n",
            f"p{number}/test_alone.py": "def test_alone():\n    assert True\n",
        }
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)


def _lines(labels: Iterable[str]) -> str:
    return "".join(f'        "{label}",\n' for label in labels)


type Edit = Callable[[Path, random.Random], object]


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    if old not in text:
        raise AssertionError(f"{path}: holds no {old!r}")
    path.write_text(text.replace(old, new, 1))


def _add_dep(package: Path, chance: random.Random) -> None:
    dep = chance.choice(["@pip//pluggy", "@pip//packaging"])
    _replace(package / "BUILD.bazel", "# deps\n", f'# deps\n        "{dep}",\n')


def _drop_line(path: Path, after: str) -> None:
    """Take out the line after another, or that one where there is no more of its kind."""
    head, _, tail = path.read_text().partition(after)
    line, _, rest = tail.partition("\n")
    path.write_text(head + after + (rest if '"' in line else tail))


def _rename_source(package: Path, _: random.Random) -> None:
    (package / "code.py").rename(package / "renamed.py")
    _replace(package / "BUILD.bazel", '"code.py"', '"renamed.py"')


def _make_subpackage(package: Path, _: random.Random) -> None:
    """End the library's glob."""
    (package / "data/BUILD.bazel").write_text('"""Data."""\n')


def _make_link(package: Path, _: random.Random) -> None:
    path = package / "data/one.txt"
    path.unlink()
    path.symlink_to("../source.txt")


def _rename_test(package: Path, _: random.Random) -> None:
    _replace(package / "BUILD.bazel", '"test_alone",', '"test_renamed",')
    (package / "test_alone.py").rename(package / "test_renamed.py")
    _replace(package / "BUILD.bazel", '"test_alone.py"', '"test_renamed.py"')


# What all tests depend on, and what none does.
SETTINGS = (
    (".bazelrc", "test --test_env=MADE=1"),
    (".bazelrc", "# Edited."),
    ("pyproject.toml", "# Edited."),
    ("coverage.toml", "# Edited."),
)


def _edit_setting(package: Path, chance: random.Random) -> None:
    name, text = chance.choice(SETTINGS)
    _append(package.parents[2] / name, f"\n{text}\n")


def _pin(package: Path, pin: str) -> None:
    """Pin a distribution to another version."""
    path = package.parents[2] / LOCK
    entry = rf"^{pin.partition('==')[0]}==.*\n(?:[ ].*\n)*"
    text, count = re.subn(entry, f"{pin}\n", path.read_text(), flags=re.MULTILINE)
    if count != 1:
        raise AssertionError(f"{path}: {count} entries for {pin}")
    path.write_text(text)


def _edit_module(package: Path, text: str) -> None:
    _replace(package.parents[2] / "MODULE.bazel", "pip.parse(\n", f"pip.parse(\n{text}")


# By kind, edits of the made package that is given; what lies above it may be edited, too.
EDITS: Mapping[str, Edit] = {
    "source": lambda p, _: _append(p / "code.py", "\nMORE = 1\n"),
    "source, only a comment": lambda p, _: _append(p / "code.py", "# More.\n"),
    "test": lambda p, _: _append(p / "test_alone.py", "\n\nMORE = 1\n"),
    "data": lambda p, _: _append(p / "data/one.txt", "more\n"),
    "data of a rule": lambda p, _: _append(p / "source.txt", "more\n"),
    "new data": lambda p, _: (p / "data/two.txt").write_text("two\n"),
    "data that goes": lambda p, _: (p / "data/one.txt").unlink(),
    "new file of no target": lambda p, _: (p / "notes.md").write_text("x"),
    "new conftest": lambda p, _: (p / "conftest.py").write_text('"""x"""\n'),
    "mode": lambda p, _: (p / "code.py").chmod(0o755),
    "link": _make_link,
    "renamed source": _rename_source,
    "renamed test": _rename_test,
    "source that goes": lambda p, _: (p / "code.py").unlink(),
    "subpackage": _make_subpackage,
    "BUILD file, only a comment": lambda p, _: _append(p / "BUILD.bazel", "# More.\n"),
    "BUILD file, no Starlark": lambda p, _: _append(p / "BUILD.bazel", "py_library(\n"),
    "package that goes": lambda p, _: (p / "BUILD.bazel").unlink(),
    "dep": _add_dep,
    "dep that goes": lambda p, _: _drop_line(p / "BUILD.bazel", "# deps\n"),
    "group": lambda p, _: _drop_line(p / "BUILD.bazel", "# users\n"),
    "size": lambda p, _: _replace(p / "BUILD.bazel", "size =", "flaky = True, size ="),
    "environment": lambda p, _: _replace(
        p / "BUILD.bazel", "size =", 'env = {"MADE": "1"}, size ='
    ),
    "command": lambda p, _: _replace(p / "BUILD.bazel", "cp $<", "cat $< >>"),
    "macro": lambda p, _: _replace(
        p.parent / "defs.bzl", "size = SIZE", 'size = SIZE, tags = ["made"]'
    ),
    "macro, only a comment": lambda p, _: _append(p.parent / "defs.bzl", "# More.\n"),
    "constant": lambda p, _: _replace(p.parent / "defs.bzl", '"small"', '"medium"'),
    "setting": _edit_setting,
    "pin": lambda p, _: _pin(p, DIRECT),
    "pin of what another imports": lambda p, _: _pin(p, TRANSITIVE),
    "pin, only a comment": lambda p, _: _append(p.parents[2] / LOCK, "# More.\n"),
    "modules": lambda p, _: _edit_module(
        p, 'experimental_requirement_cycles = {"made": ["anyio", "idna"]},\n'
    ),
    "modules, only a comment": lambda p, _: _edit_module(p, "# More.\n"),
}
