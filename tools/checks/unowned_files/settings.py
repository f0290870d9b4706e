"""Finds checks and tests that the repository's settings leave out."""

import re
import tomllib
from collections.abc import Iterable, Iterator

from tools.checks.unowned_files.tree import PYTHON, Tree, finding
from tools.findings.finding import Finding

ASPECTS = (
    "build --aspects=//tools/checks:defs.bzl%checks",
    "build --aspects=//tools/imports:defs.bzl%imports",
)
SWITCHED_OFF = re.compile(
    r"^(?!run\b)(?P<command>\w+)\s+.*--(norun_validations|run_validations=(0|false|no))\b"
)
# Settings of Pyrefly that leave files, or what is found in them, out.
PYREFLY_FILES = ("baseline", "project-excludes", "project-includes")
# Without a --config that someone asks for, these leave tests out of `bazel test //...`.
FEWER_TESTS = re.compile(
    r"^(?P<command>common|build|test)\s+.*"
    r"--(?P<flag>(test|build)_tag_filters|test_(size|timeout|lang)_filters|test_filter|deleted_packages)\b"
)


def switches(tree: Tree) -> Iterator[Finding]:
    """Yield checks that the repository's settings switch off."""
    lines = tree.bazelrc.splitlines()
    for aspect in ASPECTS:
        if aspect not in lines:
            text = "a check is not part of the build"
            yield finding(".bazelrc", 0, "switched-off", text, f"add: {aspect}")
    for number, line in enumerate(lines, 1):
        off = SWITCHED_OFF.match(line)
        if off:
            text = f"{off['command']} runs no checks"
            yield finding(
                ".bazelrc", number, "switched-off", text, "take the flag out."
            )
        fewer = FEWER_TESTS.match(line)
        if fewer:
            text = f"{fewer['command']} --{fewer['flag']} leaves targets out of //..."
            fix = f"move the flag to a --config: {fewer['command']}:NAME --{fewer['flag']}=…"
            yield finding(".bazelrc", number, "switched-off", text, fix)
    yield from settings(tree)


def settings(tree: Tree) -> Iterator[Finding]:
    """Yield what pyproject.toml leaves out of the checks, and folders that it doesn't know."""
    tools = tomllib.loads(tree.pyproject)["tool"]
    path = "pyproject.toml"
    left_out = [
        *(("black", key) for key in tools["black"] if "exclude" in key),
        *(("ruff", key) for key in tools["ruff"] if "exclude" in key),
        *(("pyrefly", key) for key in tools["pyrefly"] if key in PYREFLY_FILES),
    ]
    for tool, key in left_out:
        text = f"[tool.{tool}] {key} leaves files out of the check"
        fix = f'take it out; a target can be tagged "no-{tool}=<why>".'
        yield finding(path, 0, "switched-off", text, fix)
    for part in tools["pyrefly"].get("sub-config", []):
        if {False, "ignore"} & {*part.get("errors", {}).values()} or "preset" in part:
            text = f"pyrefly is weakened for {part['matches']}"
            fix = 'take it out; a target can be tagged "no-pyrefly=<why>".'
            yield finding(path, 0, "switched-off", text, fix)
    known = set(tools["ruff"]["lint"]["isort"]["known-first-party"])
    for folder in sorted(first_party(tree.files) - known):
        text = f"known-first-party lacks the folder {folder}, so its imports are sorted as another's"
        fix = f'add "{folder}" to [tool.ruff.lint.isort] known-first-party'
        yield finding(path, 0, "first-party", text, fix)


def first_party(files: Iterable[str]) -> set[str]:
    """Return the top folders that hold Python."""
    return {
        file.partition("/")[0]
        for file in files
        if "/" in file and file.endswith(PYTHON)
    }
