"""Holds the files that git knows against those that checks and tests see."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tools.checks.seen.build_file import (
    StarlarkError,
    Target,
    names_file,
    read_loads,
    read_targets,
)
from tools.findings.finding import Finding
from tools.source_text.names import RENAME, odd_letters

CHECKS = ("black", "mypy", "ruff")
# Rules and macros whose `srcs` the checks see; a macro of your own that makes such targets is added here.
TEST_RULES = frozenset({"pytest_test"})
CODE_RULES = TEST_RULES | {"py_binary", "py_library", "py_test"}
PYTHON = (".py", ".pyi")
BUILD_FILE = "BUILD.bazel"
# Names under which Bazel would read Starlark that the inventory doesn't call so.
OTHER_STARLARK = re.compile(r"(^|/)(BUILD|WORKSPACE|.*\.(star|sky|BUILD))$")
ASPECTS = (
    "build --aspects=//tools/checks:defs.bzl%checks",
    "build --aspects=//tools/imports:defs.bzl%imports",
)
SWITCHED_OFF = re.compile(
    r"^(?!run\b)(?P<command>\w+)\s+.*--(norun_validations|run_validations=(0|false|no))\b"
)


@dataclass(frozen=True)
class Tree:
    """The repository: what is there, and what the files that steer the checks say."""

    files: Sequence[str]
    starlark: Mapping[str, str]
    """The text of every BUILD, MODULE and .bzl file."""
    hidden: Sequence[str]
    """Folders of .bazelignore: workspaces of their own, whose programs a target outside lists."""
    bazelrc: str
    pyproject: str

    def is_hidden(self, path: str) -> bool:
        """Return whether Bazel doesn't see a path's folder."""
        return any(path.startswith(f"{folder}/") for folder in self.hidden)

    @cached_property
    def packages(self) -> dict[str, list[Target]]:
        """The targets of each package."""
        return {
            path.removesuffix(BUILD_FILE).rstrip("/"): read_targets(text, path)
            for path, text in sorted(self.starlark.items())
            if path.rpartition("/")[2] == BUILD_FILE and not self.is_hidden(path)
        }

    def package_of(self, file: str) -> str | None:
        """Return the package that a file lies in."""
        folder = file.rpartition("/")[0]
        while folder not in self.packages:
            if not folder:
                return None
            folder = folder.rpartition("/")[0]
        return folder

    def owners(self, file: str) -> list[Target]:
        """Return the targets that have a file in `srcs`, by name or by a filegroup."""
        package = self.package_of(file)
        if package is None:
            return []
        declared = self.packages[package]
        named = [
            target
            for target in declared
            if any(names_file(entry, file, package) for entry in target.srcs)
        ]
        groups = {f":{target.name}" for target in named if target.rule == "filegroup"}
        return named + [
            target
            for target in declared
            if groups.intersection(target.srcs) and target not in named
        ]

    def is_named(self, file: str) -> bool:
        """Return whether any target of the file's package names it."""
        package = self.package_of(file)
        if package is None:
            return False
        return bool(self.owners(file)) or any(
            names_file(entry, file, package)
            for target in self.packages[package]
            for entry in target.data
        )

    @cached_property
    def macro_labels(self) -> frozenset[str]:
        """Every label of a file that a .bzl file writes."""
        return frozenset(
            label
            for path, text in self.starlark.items()
            if path.endswith(".bzl")
            for label in re.findall(r"//[\w/.-]+:[\w/.-]+\.py\b", text)
        )


def finding(path: str, line: int, rule: str, text: str, fix: str) -> Finding:
    """Return a finding of the guard."""
    return Finding(path, line, 0, f"seen/{rule}", text, fix)


def examine(tree: Tree) -> list[Finding]:
    """Return everything that no check sees, sorted."""
    try:
        parts = (unseen_python, unseen_starlark, unseen_toml, targets, switches)
        return sorted(found for part in parts for found in part(tree))
    except StarlarkError as error:
        path, _, rest = str(error).partition(":")
        line, _, text = rest.partition(": ")
        number = int(line) if line.isdigit() else 0
        return [finding(path, number, "unreadable", text, "mend the syntax.")]


def unseen_python(tree: Tree) -> Iterator[Finding]:
    """Yield Python files outside every target that is checked, tests that never run, files in two targets."""
    for file in tree.files:
        if file.endswith(PYTHON):
            owners = [owner for owner in tree.owners(file) if owner.rule in CODE_RULES]
            yield from misplaced(tree, file, owners)


def misplaced(tree: Tree, file: str, owners: Sequence[Target]) -> Iterator[Finding]:
    """Yield what is wrong with the targets that have one Python file."""
    package = tree.package_of(file)
    build = f"{package}/{BUILD_FILE}" if package else BUILD_FILE
    inside = file.removeprefix(f"{package}/" if package else "")
    stem = inside.rpartition("/")[2].rpartition(".")[0]
    runs = any(owner.rule in TEST_RULES for owner in owners)
    if is_test(file) and not runs and f"//{package}:{inside}" not in tree.macro_labels:
        text = "no pytest_test has it in srcs, so it never runs"
        call = f'pytest_test(name = "{stem}", size = "small", srcs = ["{inside}"], …)'
        yield finding(file, 0, "no-test", text, f"in {build} add {call}")
    elif not owners and odd_letters(file):
        text = (
            f"its name holds {odd_letters(file)}, which Bazel can't take in every place"
        )
        yield finding(file, 0, "name", text, RENAME)
    elif not owners:
        key = "pyi_srcs" if inside.endswith(".pyi") else "srcs"
        text = f"no Python target has it in {key}, so nothing checks it"
        call = f'py_library(name = "{stem}", {key} = ["{inside}"])'
        fix = f'in {build} add "{inside}" to the {key} of a py_library, or add {call}'
        yield finding(file, 0, "outside", text, fix)
    elif len(roots(owners)) > 1:
        names = ", ".join(sorted(f":{owner.name}" for owner in roots(owners)))
        text = (
            f"the srcs of {names} name it, and none of these is in the deps of another"
        )
        fix = "leave it in one py_library, and name that in the deps of the others."
        yield finding(file, 0, "twice", text, fix)


def roots(owners: Sequence[Target]) -> list[Target]:
    """Return the targets that none of the others stands for: one that has another in deps leaves the file to it."""
    names = {f":{owner.name}" for owner in owners}
    return [owner for owner in owners if not names.intersection(owner.deps)]


def is_test(file: str) -> bool:
    """Return whether pytest would take a file for tests."""
    name = file.rpartition("/")[2]
    return name.startswith("test_") and "/tests/" in file


def unseen_starlark(tree: Tree) -> Iterator[Finding]:
    """Yield Starlark that buildifier doesn't see, and .bzl files that nothing loads."""
    loaded = set(loaded_files(tree))
    for file in tree.files:
        if OTHER_STARLARK.search(file):
            text = (
                "the checks know Starlark as BUILD.bazel, MODULE.bazel and *.bzl only"
            )
            yield finding(file, 0, "starlark", text, "rename it.")
        elif file.endswith(".bzl") and not tree.is_hidden(file):
            folder = file.rpartition("/")[0]
            if folder not in tree.packages:
                fix = f"add {folder}/{BUILD_FILE}"
                text = "it is in no package, so nothing can load it"
                yield finding(file, 0, "outside", text, fix)
            elif file not in loaded:
                yield finding(
                    file,
                    0,
                    "unloaded",
                    "no file loads it",
                    f'load("//{folder}:{file.rpartition("/")[2]}", …) where it is meant, or take it away.',
                )


def loaded_files(tree: Tree) -> Iterator[str]:
    """Yield the .bzl files that Starlark or .bazelrc names."""
    for path, text in tree.starlark.items():
        package = path.rpartition("/")[0]
        for label in read_loads(text, path):
            yield file_of(label, package)
    for label in re.findall(r"//[\w/.-]+:[\w/.-]+\.bzl", tree.bazelrc):
        yield file_of(label, "")


def file_of(label: str, package: str) -> str:
    """Return the path that a label of a file stands for."""
    if label.startswith("//"):
        folder, _, name = label.removeprefix("//").partition(":")
    else:
        folder, name = package, label.removeprefix(":")
    return f"{folder}/{name}".lstrip("/")


def unseen_toml(tree: Tree) -> Iterator[Finding]:
    """Yield TOML files that no target names."""
    for file in tree.files:
        if file.endswith(".toml") and not tree.is_named(file):
            package = tree.package_of(file)
            inside = file.removeprefix(f"{package}/" if package else "")
            build = f"{package}/{BUILD_FILE}" if package else BUILD_FILE
            yield finding(
                file,
                0,
                "outside",
                "no target names it, so no check or test can depend on it",
                f'in {build} add exports_files(["{inside}"])',
            )


def targets(tree: Tree) -> Iterator[Finding]:
    """Yield targets that list no source, and tags that switch a check off without a reason."""
    for package, declared in tree.packages.items():
        build = f"{package}/{BUILD_FILE}" if package else BUILD_FILE
        for target in declared:
            if target.rule in CODE_RULES and target.lists_nothing:
                yield finding(
                    build,
                    target.line,
                    "empty",
                    f":{target.name} has an empty srcs, so its checks run on nothing",
                    "name its files, or leave srcs out where it only gathers deps.",
                )
            yield from tags(build, target)


def tags(build: str, target: Target) -> Iterator[Finding]:
    """Yield what a target's tags switch off without saying why."""
    if target.rule in CODE_RULES and "manual" in target.tags:
        yield finding(
            build,
            target.line,
            "manual",
            f':{target.name} is tagged "manual", so //... neither checks nor tests it',
            'take the tag out, or tag it by what it needs, such as "requires-docker".',
        )
    for tag in target.tags:
        name, _, reason = tag.partition("=")
        check = name.removeprefix("no-")
        if name.startswith("no-") and check in CHECKS and not reason.strip():
            yield finding(
                build,
                target.line,
                "switched-off",
                f':{target.name} switches {check} off by the tag "{tag}" without a reason',
                f'tags = ["no-{check}=<why>"], or take the tag out.',
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
    yield from settings(tree)


def settings(tree: Tree) -> Iterator[Finding]:
    """Yield what pyproject.toml leaves out of the checks, and folders that it doesn't know."""
    tools = tomllib.loads(tree.pyproject)["tool"]
    path = "pyproject.toml"
    left_out = [
        *(("black", key) for key in tools["black"] if "exclude" in key),
        *(("ruff", key) for key in tools["ruff"] if "exclude" in key),
        *(("mypy", key) for key in tools["mypy"] if key in ("exclude", "files")),
    ]
    for tool, key in left_out:
        text = f"[tool.{tool}] {key} leaves files out of the check"
        fix = f'take it out; a target can be tagged "no-{tool}=<why>".'
        yield finding(path, 0, "switched-off", text, fix)
    for override in tools["mypy"].get("overrides", []):
        if override.get("ignore_errors"):
            text = f"mypy is switched off for {override['module']}"
            fix = 'take it out; a target can be tagged "no-mypy=<why>".'
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
