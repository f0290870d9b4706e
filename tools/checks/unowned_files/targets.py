"""Finds targets that check or run nothing."""

import ast
from collections.abc import Iterator

from tools.build_files.reader import CODE_RULES, BuildFile, Call
from tools.checks.unowned_files.tree import Tree, finding
from tools.findings.finding import Finding

CHECKS = ("black", "main", "pyrefly", "ruff")
NOWHERE = "@platforms//:incompatible"


def targets(tree: Tree) -> Iterator[Finding]:
    """Yield targets that list no source or are never built, and tags without a reason."""
    for file in tree.index.build_files.values():
        for target in file.targets:
            if target.function in CODE_RULES:
                yield from idle(file, target)
            yield from tags(file, target)


def idle(file: BuildFile, target: Call) -> Iterator[Finding]:
    """Yield why a target of Python does nothing."""
    line = target.node.lineno
    if target.attributes.get("srcs") == []:
        yield finding(
            file.path,
            line,
            "empty",
            f":{target.name} has an empty srcs, so its checks run on nothing",
            "name its files, or leave srcs out where it only gathers deps.",
        )
    if "manual" in target.strings("tags"):
        yield finding(
            file.path,
            line,
            "manual",
            f':{target.name} is tagged "manual", so //... neither checks nor tests it',
            'take the tag out, or tag it by what it needs, such as "requires-docker".',
        )
    if is_nowhere(target):
        yield finding(
            file.path,
            line,
            "nowhere",
            f":{target.name} is compatible with no platform, so //... neither checks nor tests it",
            f'name the platforms that it needs instead of "{NOWHERE}", or take it away.',
        )


def is_nowhere(target: Call) -> bool:
    """Return whether a target is built on no platform, whatever a select says."""
    written = [
        ast.unparse(word.value)
        for word in target.node.keywords
        if word.arg == "target_compatible_with"
    ]
    is_told = any("select(" in text for text in written)
    return NOWHERE in target.strings("target_compatible_with") and not is_told


def tags(file: BuildFile, target: Call) -> Iterator[Finding]:
    """Yield what a target's tags switch off without saying why."""
    for tag in target.strings("tags"):
        name, _, reason = tag.partition("=")
        check = name.removeprefix("no-")
        if name.startswith("no-") and check in CHECKS and not reason.strip():
            yield finding(
                file.path,
                target.node.lineno,
                "switched-off",
                f':{target.name} switches {check} off by the tag "{tag}" without a reason',
                f'tags = ["no-{check}=<why>"], or take the tag out.',
            )
