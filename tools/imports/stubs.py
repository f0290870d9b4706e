"""Gives stubs to the targets of the modules that they describe."""

from collections.abc import Iterable
from pathlib import Path

from tools.build_files.reader import BuildFile
from tools.imports.edit import change_list

STUB = ".pyi"


def place_stubs(text: str, path: str, stubs: Iterable[str]) -> str:
    """Return a BUILD file in which each stub is in `pyi_srcs` of its module's target.

    A stub without a module beside it joins the library that has the folder's name.

    Args:
        text: the BUILD file.
        path: its path from the root.
        stubs: the stubs' names in its folder.

    Raises:
        EditError: the target isn't written out.
    """
    for stub in stubs:
        owner = _owner(BuildFile(text, path), stub) or Path(path).parent.name
        text = change_list(text, path, owner, "pyi_srcs", [(True, stub)])
    return text


def _owner(file: BuildFile, stub: str) -> str:
    """Return the target that has the module of a stub; nothing where none names it."""
    module = stub.removesuffix("i")
    for call in file.calls:
        if call.function == "exports_files":
            continue
        if any(text.removeprefix(":") == module for text in call.strings("srcs")):
            return call.name
    return ""
