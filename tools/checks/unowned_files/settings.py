"""Finds checks and tests that the repository's settings leave out."""

import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from tools.build_files.bazelrc import BAZELRC, imported
from tools.checks.unowned_files.tree import PYTHON, Tree, finding
from tools.findings.finding import Finding

ASPECTS = (
    "build --aspects=//tools/checks:defs.bzl%checks",
    "build --aspects=//tools/imports:defs.bzl%imports",
)
SWITCHED_OFF = re.compile(
    r"^(?!run\b)(?P<command>\w+)\s+.*"
    r"--(no(experimental_)?run_validations|(experimental_)?run_validations=(0|false|no))\b"
)
# Settings of Pyrefly that leave files, or what is found in them, out.
PYREFLY_FILES = ("baseline", "project-excludes", "project-includes")
CONFIG = re.compile(r"--config[= ]([\w-]+)")
# Options of pytest that choose among the tests of a target.
_CHOICE = r"-([km]|-(deselect|ignore|last-failed|lf|stepwise|sw))"
# Without a --config that someone asks for, these leave tests out of `bazel test //...`.
FEWER_TESTS = re.compile(
    r"^(?P<command>always|common|build|test)\s+.*--((?P<flag>(test|build)_tag_filters"
    r"|test_(size|timeout|lang)_filters|test_filter|build_tests_only|deleted_packages)\b"
    rf"|(?P<pytests>test_(arg|env))[= ][\"']?(PYTEST_ADDOPTS=[\"']?(\S+ )*{_CHOICE}"
    rf"|{_CHOICE}|TESTBRIDGE_TEST_ONLY))"
)


def switches(tree: Tree) -> Iterator[Finding]:
    """Yield checks that the repository's settings switch off."""
    lines = tree.bazelrc.get(BAZELRC, "").splitlines()
    for aspect in ASPECTS:
        if aspect not in lines:
            text = "a check is not part of the build"
            yield finding(BAZELRC, 0, "switched-off", text, f"add: {aspect}")
    read = dict(imported(tree.bazelrc.get))
    for path in sorted(
        set(tree.files).intersection(it for it in read if read[it] is None)
    ):
        text = "its options may leave checks and tests out: .bazelrc imports it, and its name doesn't end in .bazelrc"
        yield finding(path, 0, "switched-off", text, "rename it.")
    for path, number, line in unasked({it: read[it] or "" for it in read}):
        off = SWITCHED_OFF.match(line)
        if off:
            text = f"{off['command']} runs no checks"
            yield finding(path, number, "switched-off", text, "take the flag out.")
        fewer = FEWER_TESTS.match(line)
        if fewer:
            flag = fewer["flag"] or fewer["pytests"]
            text = f"{fewer['command']} --{flag} leaves tests out of //..."
            fix = f"move the flag to a --config: {fewer['command']}:NAME --{flag}=…"
            yield finding(path, number, "switched-off", text, fix)
    yield from settings(tree)


def whole_lines(text: str) -> list[tuple[int, str]]:
    """Return the commands with flags of a text, with the number of the first line of each."""
    whole: list[tuple[int, str]] = []
    goes_on = False
    for number, line in enumerate(text.splitlines(), 1):
        text = line.strip()
        # What holds for `bazel run` alone may go without checks.
        if text.startswith("#") or re.match(r"run\b", text):
            continue
        if goes_on:
            first, before = whole.pop()
            whole.append((first, f"{before.removesuffix('\\')} {text}"))
        else:
            whole.append((number, text))
        goes_on = text.endswith("\\")
    return whole


def unasked(texts: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """Return the commands with flags that hold where nobody asks for a --config, each with its path and line.

    A line that asks for one by itself brings that one's.
    """
    lines = [(path, *line) for path in texts for line in whole_lines(texts[path])]
    asked = {""}
    while True:
        found = [
            (path, number, text.replace(f":{config}", "", 1) if config else text)
            for path, number, text in lines
            if (config := text.split(maxsplit=1)[0].partition(":")[2] if text else "")
            in asked
        ]
        more = {name for *_, text in found for name in CONFIG.findall(text)} - asked
        if not more:
            return found
        asked |= more


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
    pytest = tools.get("pytest", {})
    options = (pytest | pytest.get("ini_options", {})).get("addopts", [])
    for word in shlex.split(options) if isinstance(options, str) else options:
        if re.match(_CHOICE, word):
            text = f"[tool.pytest] addopts {word} leaves tests out of //..."
            fix = "take it out: who wants fewer asks by --test_arg, or a --config."
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
