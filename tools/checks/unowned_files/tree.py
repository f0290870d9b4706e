"""The repository as the checks of it see it: its files, and what the ones that steer say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tools.build_files.index import Index, read_index
from tools.build_files.pytest_files import PytestFiles, read_pytest_files
from tools.build_files.reader import BUILD
from tools.build_files.starlark import StarlarkError
from tools.findings.finding import Finding

PYTHON = (".py", ".pyi")


@dataclass(frozen=True)
class Tree:
    """The repository: what is there, and what the files that steer the checks say."""

    files: Sequence[str]
    starlark: Mapping[str, str]
    """The text of every BUILD, MODULE and .bzl file."""
    hidden: Sequence[str]
    """Folders of .bazelignore: workspaces of their own, whose programs a target outside lists."""
    bazelrc: Mapping[str, str]
    """The text of every file of options for Bazel: .bazelrc, and what else ends so."""
    pyproject: str
    sources: Mapping[str, bytes] = field(default_factory=dict)
    """Every Python file with "test" in its name."""
    distributions: Mapping[str, str] = field(default_factory=dict)
    """The locked distribution of each first part of a module's name."""

    def is_hidden(self, path: str) -> bool:
        """Return whether Bazel doesn't see a path's folder."""
        return any(path.startswith(f"{folder}/") for folder in self.hidden)

    @cached_property
    def _read(self) -> tuple[Index, list[StarlarkError]]:
        return read_index(self.files, self.starlark, self.hidden)

    @property
    def index(self) -> Index:
        """The targets."""
        return self._read[0]

    @property
    def broken(self) -> list[StarlarkError]:
        """The BUILD files that can't be read."""
        return self._read[1]

    @cached_property
    def pytest_files(self) -> PytestFiles:
        """What pytest takes for a test."""
        return read_pytest_files(self.pyproject)

    def place(self, file: str) -> tuple[str, str]:
        """Return the BUILD file that a file belongs to, and its name there."""
        package = self.index.packages.package_of(file)
        if not package:
            return BUILD, file
        return f"{package}/{BUILD}", file.removeprefix(f"{package}/")


def finding(path: str, line: int, rule: str, text: str, fix: str) -> Finding:
    """Return a finding of this check."""
    return Finding(path, line, 0, f"unowned_files/{rule}", text, fix)
