"""Gives a target to each source that has none: tests, programs, libraries."""

import ast
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from tools.build_files.reader import BuildFile
from tools.imports.check.sources import SourceSyntaxError, parse
from tools.imports.edit import change_list, ensure_load
from tools.imports.stubs import STUB, place_stubs
from tools.source_text.quoting import docstring
from tools.workspace.labels import project_of

LIBRARY = ("@rules_python//python:py_library.bzl", "py_library")
BINARY = ("@rules_python//python:py_binary.bzl", "py_binary")
TEST = ("//tools/testing:defs.bzl", "pytest_test")
PRIVATE = 'package(default_visibility = ["//visibility:private"])\n'


def first_line(source: bytes) -> str:
    """Return the first line of a module's docstring, or nothing."""
    try:
        text = ast.get_docstring(parse(source)) or ""
    except SourceSyntaxError:
        return ""
    return text.partition("\n")[0]


def new_build_file(folder: str, sources: Mapping[str, bytes]) -> str:
    """Return a BUILD file without targets for a folder, described by its sources."""
    names = sorted(sources, key=lambda name: (name != "__init__.py", name))
    described = [first_line(sources[name]) for name in names]
    title = next(filter(None, described), f"The sources of {folder or 'the root'}.")
    return f"{docstring(title)}\n\n{PRIVATE}"


def target_text(rule: str, name: str, sources: Iterable[str], **more: str) -> str:
    """Return a target as buildifier writes it."""
    lines = [f'    name = "{name}",']
    if "size" in more:
        lines.append(f'    size = "{more["size"]}",')
    if "testonly" in more:
        lines.append("    testonly = True,")
    files = sorted(sources)
    if len(files) == 1:
        lines.append(f'    srcs = ["{files[0]}"],')
    else:
        lines += ["    srcs = [", *(f'        "{file}",' for file in files), "    ],"]
    lines += [f'    {key} = "{more[key]}",' for key in ("main",) if key in more]
    if "visibility" in more:
        lines.append(f'    visibility = ["{more["visibility"]}"],')
    return "\n".join([f"{rule}(", *lines, ")", ""])


def _append(text: str, load: tuple[str, str], target: str) -> str:
    return ensure_load(text, *load).rstrip("\n") + "\n\n" + target


def add_targets(
    text: str, path: str, names: Iterable[str], tests: Collection[str]
) -> str:
    """Return a BUILD file in which each of these sources has a target.

    A test gets one of its own; a `conftest.py` a library of its own; every other module
    joins the library that has the folder's name, which its own project may use.

    Args:
        text: the BUILD file.
        path: its path from the root.
        names: the sources' names in its folder.
        tests: those of them that pytest would run.
    """
    library = Path(path).parent.name or "root"
    modules = []
    stubs = sorted(name for name in names if name.endswith(STUB))
    for name in sorted(set(names).difference(stubs)):
        stem = name.removesuffix(".py")
        if name in tests:
            made = target_text("pytest_test", stem, [name], size="small")
            text = _append(text, TEST, made)
        elif stem == "conftest":
            # pytest applies it to all that lies below.
            shown = f"//{Path(path).parent}:__subpackages__".replace("//.:", "//:")
            made = target_text(
                "py_library", stem, [name], testonly="True", visibility=shown
            )
            text = _append(text, LIBRARY, made)
        elif stem == "__main__":
            made = target_text("py_binary", "main", [name], main=name)
            text = _append(text, BINARY, made)
        else:
            modules.append(name)
    if not modules:
        return place_stubs(text, path, stubs)
    rules = {call.name: call.function for call in BuildFile(text, path).calls}
    taken = rules.get(library, "py_library") != "py_library"
    name = f"{library}_lib" if taken else library
    if name in rules:
        text = change_list(text, path, name, "srcs", [(True, m) for m in modules])
    else:
        project = project_of(path.rpartition("/")[0])
        shown = f"//{project}:__subpackages__"
        made = target_text("py_library", name, modules, visibility=shown)
        text = _append(text, LIBRARY, made)
    return place_stubs(text, path, stubs)
