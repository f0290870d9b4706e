"""Finds folders and modules whose names hide a module of Python or of the lock.

What lies on the import path itself (the repository's root, and each folder of `imports`)
is found before, or instead of, anything else of that name. Deeper names do no harm.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.build_files.index import Index
from tools.build_files.reader import BuildFile, Call
from tools.workspace.labels import pip_label

# Python's own, though its list leaves them out; and what Python imports when it starts.
_PYTHON = frozenset({"sitecustomize", "test", "usercustomize"})
_ENDINGS = (".py", ".pyi", ".so")
# Bazel keeps other repositories there, and sees no package of this one in it.
_BAZEL = frozenset({"external"})


@dataclass(frozen=True)
class TakenName:
    """A folder or module on the import path whose name is another's."""

    path: str
    """It, from the root."""
    name: str
    holder: str
    """What it hides."""
    target: Call | None = None
    """The target that puts its folder on the import path; None for the root."""

    @property
    def text(self) -> str:
        """What is wrong, in one sentence."""
        if self.target is None:
            return f"at the root of the repository it hides {self.holder}"
        return (
            f"the imports of {self.target.label} put it on the import path, where it "
            f"hides {self.holder}"
        )

    @property
    def fix(self) -> str:
        """What corrects it."""
        if self.target:
            return f"rename {self.path}, or take its folder out of imports."
        return f"rename {self.path}, or move it into another folder, such as libs/."


def distribution_names(distributions: str) -> dict[str, str]:
    """Return the distribution that has each first part of a module's name.

    Args:
        distributions: the text of tools/imports/distributions/distributions.txt.
    """
    lines = (line.split() for line in distributions.splitlines() if line[:1] != "#")
    return {prefix.partition(".")[0]: labels[0] for prefix, *labels in lines}


def taken_names(index: Index, distributions: Mapping[str, str]) -> Iterator[TakenName]:
    """Yield every name that is taken.

    Args:
        index: the repository.
        distributions: the locked distribution of each first part of a module's name.
    """
    files = [path for path in index.packages.files if path.endswith(_ENDINGS)]
    tops = sorted({path.partition("/")[0] for path in files})
    for top in tops:
        holder = _holder(top, distributions)
        if not holder and top in _BAZEL:
            holder = (
                "what Bazel keeps there of other repositories, and //... leaves it out"
            )
        if holder:
            yield TakenName(top, _module(top), holder)
    own = {_module(top) for top in tops}
    for file in index.build_files.values():
        others = _without_itself(distributions, file)
        for call in file.targets:
            yield from _below_roots(index, call, others, own)


def _without_itself(
    distributions: Mapping[str, str], file: BuildFile
) -> Mapping[str, str]:
    """Return what a package may not hide: the distribution that it is itself, it may."""
    itself = {
        pip_label(name)
        for call in file.targets
        if call.function == "distribution_info"
        for name in call.strings("distribution")
    }
    return {name: label for name, label in distributions.items() if label not in itself}


def _below_roots(
    index: Index, call: Call, distributions: Mapping[str, str], own: Iterable[str]
) -> Iterator[TakenName]:
    for root in sorted(set(call.import_roots) - {""}):
        # Another's file may lie there, and so may one of data.
        files = {
            path
            for target in index.closure(call)
            for key in ("srcs", "pyi_srcs", "data")
            for path in index.files(target, key)
            if path.startswith(f"{root}/") and path.endswith(_ENDINGS)
        }
        found = {
            f"{root}/{path.removeprefix(f'{root}/').partition('/')[0]}"
            for path in files
        }
        for path in sorted(found):
            name = _module(path.rpartition("/")[2])
            holder = _holder(name, distributions)
            # Folders that are no packages of their own are one to Python.
            is_whole = path.endswith(_ENDINGS) or f"{path}/__init__.py" in files
            if not holder and name in own and is_whole:
                holder = f"the repository's own folder {name}"
            if holder:
                yield TakenName(path, name, holder, call)


def _module(entry: str) -> str:
    return entry.partition(".")[0]


def _holder(entry: str, distributions: Mapping[str, str]) -> str:
    name = _module(entry)
    if name in sys.stdlib_module_names or name in _PYTHON:
        return f'Python\'s own module "{name}"'
    if name in distributions:
        return f'the module "{name}" of {distributions[name]}'
    return ""


def describe_taken(found: Sequence[TakenName]) -> str:
    """Return a message that refuses these names."""
    return "\n".join(
        f"{taken.path}: {taken.text}.\nFix: {taken.fix}" for taken in found
    )
