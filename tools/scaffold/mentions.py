"""Finds where a project is named: by its folder, `libs/price`, or as a module, `libs.price`."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

from tools.build_files.packages import BUILD_NAMES
from tools.fix.programs import is_python
from tools.imports.check.sources import (
    SourceSyntaxError,
    import_package,
    parse_imports,
)
from tools.source_text.parsing import UNPARSABLE
from tools.workspace.files import known_files
from tools.workspace.labels import package_around

# What is said of the past stays true.
HISTORY = "CHANGELOG.md"
# A line that shows these commands takes a name for an example.
_COMMAND = re.compile(r"//:(move|remove) -- ")


def read_texts(root: Path) -> dict[str, str]:
    """Return the text of each file that git knows, but history, links and binary files."""
    found = {}
    for path in known_files(root):
        if path == HISTORY or (root / path).is_symlink():
            continue
        data = (root / path).read_bytes()
        if b"\0" not in data:
            found[path] = data.decode(errors="surrogateescape")
    return found


def is_example(line: str) -> bool:
    """Return whether a line shows how projects are moved or removed."""
    return bool(_COMMAND.search(line))


class Project:
    """A project by its folder, and how others name it."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.top, _, self.name = folder.partition("/")
        self.module = f"{self.top}.{self.name}"
        path = rf"(?<![\w.-]){self.folder}(?![\w-]|\.\w)"
        module = rf"(?<![\w.]){self.top}\.{self.name}(?![\w-])"
        # `x/libs/price` may be another folder.
        self.sure = re.compile(rf"(?:(?<![\w-]/)|(?<=bazel-bin/)){path}|{module}")
        self.likely = re.compile(rf"{path}|{module}")

    def holds(self, path: str) -> bool:
        """Return whether a file lies in it."""
        return path.startswith(f"{self.folder}/")

    def imports(self, path: str, text: str) -> list[tuple[int, str]]:
        """Return the lines on which a Python file imports it, each with the module."""
        # Most files don't name it; a relative import is one of a neighbour's.
        if self.name not in text:
            return []
        try:
            data = text.encode(errors="surrogateescape")
            found = parse_imports(data, import_package(path))
        except SourceSyntaxError:
            return []
        named = (
            (it.line, f"{it.module}.{it.name}" if it.module == self.top else it.module)
            for it in found
        )
        return [
            (line, module)
            for line, module in dict.fromkeys(named)
            if f"{module}.".startswith(f"{self.module}.")
        ]

    def with_name(self, text: str, new: Project) -> str:
        """Return a text that names another project in its place."""
        return "".join(
            (
                line
                if is_example(line)
                else self.sure.sub(
                    lambda match: new.folder if "/" in match[0] else new.module, line
                )
            )
            for line in text.splitlines(keepends=True)
        )

    def sources(self, texts: Mapping[str, str]) -> set[str]:
        """Return the Python files in which it is certain what the name means.

        They lie in the project, import it, or their package depends on it.
        """
        packages = {
            path.rpartition("/")[0]: bool(self.sure.search(text))
            for path, text in texts.items()
            if path.rpartition("/")[2] in BUILD_NAMES
        }
        return {
            path
            for path, text in texts.items()
            if is_python(path)
            and (
                self.holds(path)
                or packages.get(package_around(path, packages) or "")
                or self.imports(path, text)
            )
        }


def print_left(texts: Mapping[str, str], project: Project) -> None:
    """Print the places that still name a project, a line for each file."""
    found = []
    for path, text in sorted(texts.items()):
        lines = {
            number
            for number, line in enumerate(text.split("\n"), 1)
            if project.likely.search(line) and not is_example(line)
        }
        if is_python(path):
            lines |= {line for line, _ in project.imports(path, text)}
        if lines:
            found.append(f"  {path}:{','.join(map(str, sorted(lines)))}")
    if found:
        print(f"To look at, since they still name {project.folder}:")
        print("\n".join(found))


def renamed(path: str, text: str, old: Project, new: Project) -> str:
    """Return a text in which a project has another name, of the same top folder."""
    if is_python(path):
        text = _with_names_imported(text, old, new)
    text = old.with_name(text, new)
    # Its main target has its name.
    return re.sub(rf"(//{new.folder}):{old.name}(?![\w/.-])", r"\1", text)


def _with_names_imported(text: str, old: Project, new: Project) -> str:
    """Return a source in which `from libs import price` takes another name."""
    try:
        tree = ast.parse(text)
    except UNPARSABLE:
        return text
    places = [
        (alias.lineno, alias.col_offset, alias.asname)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == old.top
        for alias in node.names
        if alias.name == old.name and not node.level
    ]
    # Columns are those of UTF-8; the last first, so that the others stay where they are.
    lines = text.encode(errors="surrogateescape").splitlines(keepends=True)
    for number, column, other_name in sorted(places, reverse=True):
        line, end = lines[number - 1], column + len(old.name)
        name = new.name if other_name else f"{new.name} as {old.name}"
        lines[number - 1] = line[:column] + name.encode() + line[end:]
    return b"".join(lines).decode(errors="surrogateescape")
