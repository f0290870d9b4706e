"""Runs the import check over every module of the locked distributions.

Invoked as: bazel run //tools/imports/distributions:sample [-- --list]

Each distribution is taken for a target, its metadata for deps. A finding is *false* if
a look at the folders, as the interpreter would look, gives another answer; the others
are true: imports of extras, of test tools, of what another distribution brings along.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.imports.check.bound_names import may_bind
from tools.imports.check.resolve import Problem, Target, resolve
from tools.imports.check.sources import (
    Import,
    SourceSyntaxError,
    import_package,
    parse_imports,
)
from tools.imports.index.distribution import walk
from tools.imports.index.modules import Index, distribution_index
from tools.workspace.labels import pip_label


class Sampled:
    """One locked distribution on the import path."""

    def __init__(self, root: Path, distribution: Distribution) -> None:
        self.root = root
        self.label = pip_label(distribution.metadata["Name"])
        self.files = list(walk(str(root)))
        self.requires = distribution.requires or []
        self.deps: list[str] = []

    def name_deps(self, known: Iterable[str]) -> None:
        """Read the metadata's dependencies that hold here and are locked."""
        for text in self.requires:
            requirement = Requirement(text)
            marker = requirement.marker
            if not marker or marker.evaluate({"extra": ""}):
                label = pip_label(canonicalize_name(requirement.name))
                if label in known:
                    self.deps.append(label)

    def index(self) -> Index:
        """Return what the distribution lets others import."""
        return Index(distribution_index(self.label, self.files, deps=self.deps))

    def may_bind(self, path: str, name: str) -> bool:
        """Return whether a package may have a name; of others than this, any."""
        file = self.root / path
        return not file.exists() or may_bind(file.read_bytes(), name)

    def imports(self) -> list[tuple[str, Import]]:
        """Return every import of every module that is Python."""
        found = []
        for path in self.files:
            if path.endswith(".py"):
                try:
                    data = (self.root / path).read_bytes()
                    parsed = parse_imports(data, import_package(path))
                except SourceSyntaxError as error:
                    print(f"left out: {self.label}: {path}: {error}", file=sys.stderr)
                    continue
                found += [(path, imported) for imported in parsed]
        return found


def sampled_distributions() -> dict[str, Sampled]:
    """Return the distributions on the import path, by label."""
    found = {}
    for root in map(Path, sys.path):
        for info in sorted(root.glob("*.dist-info")):
            one = Sampled(root, PathDistribution(info))
            found[one.label] = one
    for one in found.values():
        one.name_deps(found)
    return found


def closure(label: str, known: dict[str, Sampled]) -> list[str]:
    """Return what a distribution depends on, directly or not."""
    found: list[str] = []
    todo = [label]
    while todo:
        for dep in known[todo.pop()].deps:
            if dep not in found and dep != label:
                found.append(dep)
                todo.append(dep)
    return found


def is_importable(module: str, roots: Iterable[Path]) -> bool:
    """Return whether folders hold a module, by a look of its own at each."""
    folders = [str(root) for root in roots]
    is_module = False
    for part in module.split("."):
        inner: list[str] = []
        is_module = False
        for folder in folders:
            names = os.listdir(folder) if os.path.isdir(folder) else []
            path = os.path.join(folder, part)
            package = os.listdir(path) if os.path.isdir(path) else []
            if any(name.split(".")[0] == "__init__" for name in package):
                inner, is_module = [path], True
                break
            if any(
                n.split(".")[0] == part and n.endswith((".py", ".so")) for n in names
            ):
                inner, is_module = [], True
                break
            inner += [path] if package else []
        folders = inner
        if not is_module and not inner:
            return False
    return is_module


def is_false(problem: Problem, one: Sampled, known: dict[str, Sampled]) -> bool:
    """Return whether a finding is wrong: what it misses is there, and declared."""
    labels = one.deps if problem.providers else closure(one.label, known)
    roots = [one.root, *(known[label].root for label in labels)]
    top = problem.module.partition(".")[0]
    return is_importable(problem.module, roots) or top in sys.builtin_module_names


def main(argv: Sequence[str] | None = None) -> int:
    """Print the sample's size and its findings; fail for a false one."""
    known = sampled_distributions()
    indexes = {label: one.index() for label, one in known.items()}
    modules = imports = transitive = 0
    problems: list[tuple[str, Problem, bool]] = []
    for label, one in sorted(known.items()):
        having = {
            "deps": [indexes[dep] for dep in one.deps],
            "pyi_deps": [],
            "closure": [indexes[dep] for dep in closure(label, known)],
        }
        read = one.imports()
        modules += sum(path.endswith(".py") for path in one.files)
        imports += len(read)
        target = Target(label, one.files, [], having)
        usage = resolve(target, read, one.may_bind)
        for problem in usage.problems:
            transitive += bool(problem.providers)
            problems.append((label, problem, is_false(problem, one, known)))
    wrong = [entry for entry in problems if entry[2]]
    shown = problems if "--list" in (sys.argv if argv is None else argv) else wrong
    for label, problem, false in shown:
        word = "false" if false else "true"
        print(f"{word} {label} {problem.path}:{problem.imported.line} {problem.module}")
    print(
        f"{len(known)} distributions, {modules} modules, {imports} imports: "
        f"{len(problems)} findings ({transitive} transitive), {len(wrong)} false"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
