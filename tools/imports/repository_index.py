"""Collects every BUILD file of the repository into one index; a build action.

Invoked by Bazel as: repository_index --output=FILE --files=INVENTORY
--bazelignore=FILE --starlark=PATH_FROM_ROOT=FILE…

It holds no line numbers, so that an edit which changes no target's name, sources or
visibility leaves it the same bytes, and nothing that depends on it runs again.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from tools.build_files.index import Index, read_index
from tools.build_files.visibility import Groups, default_visibility
from tools.source_text.decoding import read_starlark
from tools.workspace.labels import hidden_folders, import_root

# Rules that hold sources and let nobody import them.
NO_LIBRARIES = {"exports_files", "filegroup", "genrule", "test_suite"}
SOURCES = (".py", ".pyi", ".so")


class Collected(TypedDict):
    """The index: owners, aliases, and the sources that no target has."""

    owners: list[tuple[str, str, list[str], list[str], list[str], str]]
    aliases: dict[str, str]
    loose: list[str]


def collect(index: Index) -> Collected:
    """Return the index; an owner is label, file, visibility, sources, roots, rule."""
    groups = Groups(index.build_files.values())
    owners: list[tuple[str, str, list[str], list[str], list[str], str]] = []
    aliases = {}
    for file in index.build_files.values():
        default = default_visibility(file)
        for call in file.targets:
            if call.function == "alias":
                aliases[call.label] = index.actual(call.label)
            named = [*index.files(call), *index.files(call, "pyi_srcs")]
            paths = [path for path in named if path.endswith(SOURCES)]
            if not paths or call.function in NO_LIBRARIES:
                continue
            own = call.attributes.get("visibility")
            texts = default if own is None else call.strings("visibility")
            shown = groups.resolve(texts, file.package)
            folders = call.strings("imports")
            roots = [import_root(file.package, folder) for folder in folders]
            owners.append((call.label, file.path, shown, paths, roots, call.function))
    python = (path for path in index.packages.files if path.endswith((".py", ".pyi")))
    loose = [path for path in python if path not in index.owners]
    return {"owners": owners, "aliases": aliases, "loose": loose}


def main(argv: Sequence[str]) -> int:
    """Write the index; Bazel itself reports what can't be read, and better."""
    options: dict[str, list[str]] = {}
    for argument in argv:
        name, _, value = argument.removeprefix("--").partition("=")
        options.setdefault(name, []).append(value)
    listed = Path(options["files"][0]).read_text("utf-8", errors="backslashreplace")
    named = (pair.partition("=") for pair in options.get("starlark", []))
    starlark = {path: read_starlark(Path(file)) for path, _, file in named}
    hidden = hidden_folders(Path(options["bazelignore"][0]).read_text(encoding="utf-8"))
    index, _ = read_index(listed.split("\n")[:-1], starlark, hidden)
    text = (
        json.dumps(collect(index), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )
    Path(options["output"][0]).write_text(text, encoding="utf-8")
    return 0
