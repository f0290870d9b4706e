"""Finds Starlark and TOML that no check sees."""

import ast
import re
from collections.abc import Iterator

from tools.build_files.reader import BUILD
from tools.checks.unowned_files.tree import Tree, finding
from tools.findings.finding import Finding
from tools.source_text.parsing import UNPARSABLE
from tools.workspace.labels import absolute_label, path_of

# Names under which Bazel would read Starlark that the inventory doesn't call so.
_LOADING = ("Label", "load", "use_extension", "use_repo_rule")
OTHER_STARLARK = re.compile(r"(^|/)(BUILD|WORKSPACE|.*\.(star|sky|BUILD))$")


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
            if folder not in tree.index.packages.names:
                fix = f"add {folder}/{BUILD}"
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
        package = tree.index.packages.package_of(path) or path.rpartition("/")[0]
        for label in read_loads(text, path):
            yield path_of(absolute_label(label, package))
    options = "\n".join(tree.bazelrc.values())
    for label in re.findall(r"//[\w/.-]+:[\w/.-]+\.bzl", options):
        yield path_of(label)


def read_loads(text: str, path: str) -> Iterator[str]:
    """Yield the labels of the .bzl files that a file loads or takes extensions from."""
    try:
        tree = ast.parse(text, path)
    except UNPARSABLE:
        return  # A finding of its own, where it is a BUILD file.
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name = node.func.id
        if name in _LOADING and node.args:
            label = node.args[0]
            value = label.value if isinstance(label, ast.Constant) else None
            if isinstance(value, str) and (name != "Label" or value.endswith(".bzl")):
                yield value


def unseen_toml(tree: Tree) -> Iterator[Finding]:
    """Yield TOML files that no target names."""
    for file in tree.files:
        if file.endswith(".toml") and file not in tree.index.named:
            build, inside = tree.place(file)
            yield finding(
                file,
                0,
                "outside",
                "no target names it, so no check or test can depend on it",
                f'in {build} add exports_files(["{inside}"])',
            )
