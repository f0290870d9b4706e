"""Edits BUILD files by buildozer, on copies: nothing is written before all of it is known."""

import difflib
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.build_files.reader import BUILD
from tools.fix.programs import (
    ProgramError,
    Programs,
    format_starlark,
    syntax_errors,
)
from tools.fix.work_tree import WorkTree, build_path, folder_of
from tools.source_text.decoding import MARK
from tools.workspace.labels import split_label

OPTIONS = ("-k", "-quiet", "-shorten_labels=false")
NO_CHANGE = 3


@dataclass
class Edits:
    """What is to change, and what is left to a person."""

    commands: dict[str, None] = field(default_factory=dict)
    """buildozer's, in order."""
    headers: dict[str, str] = field(default_factory=dict)
    """The text that a new BUILD file begins with, by its path."""
    gone: set[str] = field(default_factory=set)
    """BUILD files that nothing is left for."""
    decisions: list[str] = field(default_factory=list)
    """One line each: the file, what is wrong there, and the choices."""

    def edit(self, label: str, *commands: str) -> None:
        """Have buildozer change a target, or a package where the name is `__pkg__`."""
        for command in commands:
            self.commands[f"{command}|{_spelled(label)}"] = None

    def adds_to(self, label: str) -> bool:
        """Return whether a target gets a source."""
        return any(
            command.startswith("add srcs") and command.endswith(f"|{_spelled(label)}")
            for command in self.commands
        )

    def packages(self) -> set[str]:
        """Return the packages whose BUILD file is edited."""
        labels = (command.rpartition("|")[2] for command in self.commands)
        return {split_label(label)[0] for label in labels}


def _spelled(label: str) -> str:
    """Return a label as buildozer takes it, its name written out."""
    package, name = split_label(label)
    return f"//{package}:{name}"


def apply(tree: WorkTree, edits: Edits, programs: Programs) -> WorkTree:
    """Return the tree with edits made; what can't be is added to the decisions.

    Raises:
        ProgramError: buildozer or buildifier failed.
    """
    texts: dict[str, str] = {}
    for package in sorted(edits.packages()):
        path = build_path(package)
        if obstacle := obstacle_of(tree, path):
            edits.decisions.append(obstacle)
        else:
            texts[path] = tree.starlark.get(path, "") or edits.headers.get(path, "")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in texts.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        commands = [c for c in edits.commands if build_path(_package(c)) in texts]
        if commands:
            edits.decisions += _buildozer(folder, commands, programs.buildozer)
        changed: dict[str, str | None] = {}
        for path in texts:
            if (folder / path).read_text(encoding="utf-8") != tree.starlark.get(path):
                changed[path] = ""
        if changed:
            format_starlark(programs.buildifier, folder, sorted(changed))
        for path in changed:
            changed[path] = (folder / path).read_text(encoding="utf-8")
    changed |= dict.fromkeys(edits.gone)
    return tree.with_texts(changed)


def obstacle_of(tree: WorkTree, path: str) -> str:
    """Return why a file stays as it is; nothing where it may be edited."""
    package = folder_of(path)
    if path in tree.unreadable:
        return f"{path}: you may not read it: change that (chmod), then fix again."
    if MARK in tree.starlark.get(path, ""):
        return f"{path}: it is not UTF-8: save it so, then fix again."
    if error := tree.broken.get(package):
        return (
            f"{path}:{error.line}: is not Starlark: {error.text}: correct it, then fix "
            "again."
        )
    old = path.removesuffix(".bazel")
    if old in tree.file_set and path not in tree.file_set:
        return f"{old}: only {BUILD} is read here: rename it, then fix again."
    if BUILD in package.split("/") or (tree.root / path).is_dir():
        return f"{path}: a folder is named as a BUILD file is: rename it."
    return ""


def _package(command: str) -> str:
    return split_label(command.rpartition("|")[2])[0]


def _buildozer(folder: Path, commands: Sequence[str], program: Path) -> Iterator[str]:
    """Run commands, and yield a line for each that can't be."""
    (folder / "commands").write_text("".join(f"{c}\n" for c in commands), "utf-8")
    done = subprocess.run(
        [program, *OPTIONS, f"-root_dir={folder}", "-f", folder / "commands"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    refused = [*_refusals(done.stderr), *syntax_errors(done.stderr)]
    if done.returncode not in (0, NO_CHANGE) and not refused:
        raise ProgramError(
            f"buildozer failed (exit {done.returncode}):\n{done.stderr.strip()}"
        )
    return iter(refused)


def _refusals(said: str) -> Iterator[str]:
    pattern = (
        r"^(.+?): error while executing commands \[\{(.*)\}\] on target (\S+): (.*)$"
    )
    for path, command, label, why in re.findall(pattern, said, re.MULTILINE):
        yield f"{path}: {command.strip('[]')} in {label} by hand: {why}."


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the files that differ, come or go."""
    paths = sorted({*before, *after})
    return [path for path in paths if before.get(path) != after.get(path)]


def diff(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return how files differ."""
    lines: list[str] = []
    for path in changes(before, after):
        old, new = (texts.get(path, "").splitlines(True) for texts in (before, after))
        lines += difflib.unified_diff(old, new, path, path)
    return "".join(lines)
