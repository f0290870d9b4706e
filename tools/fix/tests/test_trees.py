"""Any small tree: after one fix nothing is left to fix, and what is written is right.

Then some of its sources are renamed, moved or deleted, and the same holds again. What a
seed makes, tools/fix/cases/test_fix.py gives to Bazel itself.
"""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from tools.build_files.conftests import missing_conftests
from tools.build_files.taken_names import distribution_names, taken_names
from tools.fix.build_files import fix_build_files
from tools.fix.cases.trees import MODULES, Trees
from tools.fix.fix import write
from tools.fix.programs import Programs
from tools.fix.target_imports import TargetImports
from tools.fix.tests.repositories import Repository
from tools.fix.work_tree import PYTHON, WorkTree, folder_of, read_work_tree
from tools.imports.check.resolve import resolve, unused_deps
from tools.imports.policy.scopes import policy_findings

SEEDS = 25


class Fixed:
    """What became of a tree by one fix of everything that is touched."""

    def __init__(self, repository: Repository) -> None:
        tree = read_work_tree(repository.root)
        self.folders = {folder_of(path) for path in tree.touched}
        result = fix_build_files(tree, self.folders, repository.programs)
        write(tree, result.tree)
        self.tree = read_work_tree(repository.root)
        self.decisions = result.decisions


def wrong(tree: WorkTree, decisions: Iterable[str]) -> list[str]:
    """Return what the checks would find, but for what is left to decide."""
    index = tree.index
    found = [
        f"{path} is in {[owner.label for owner in index.owners.get(path, [])]}"
        for path in tree.files
        if path.endswith(PYTHON) and len(index.owners.get(path, [])) != 1
    ]
    found += [f"{p} is not there" for p in index.owners if p not in tree.file_set]
    found += map(str, policy_findings(list(index.build_files.values())))
    found += [f"{m.test.label} lacks {m.path}" for m in missing_conftests(index)]
    taken = taken_names(index, distribution_names(tree.distributions))
    found += [f"{name.path}: {name.text}" for name in taken]
    for label in tree.repository.owners:
        found += wrong_imports(tree, label, decisions)
    # A list comprehension has no place for one target's sources or deps.
    by_hand = {folder_of(d.partition(":")[0]) for d in decisions if " by hand" in d}
    found = [
        f
        for f in found
        if not any(f"{folder}/" in f or f"//{folder}:" in f for folder in by_hand)
    ]
    return found + [f"{label} closes a cycle" for label in in_cycles(tree)]


def wrong_imports(tree: WorkTree, label: str, decisions: Iterable[str]) -> list[str]:
    """Return the deps that a target lacks or doesn't use."""
    # One line stands for all imports of what one library holds.
    named = {
        library_of(module)
        for line in decisions
        for module in re.findall(r'imports "(.*?)"', line)
    }
    own = TargetImports(tree, tree.index.targets[label])
    usage = resolve(own.target, own.sources.imports, own.packages.may_bind)
    found = [
        f"{problem.path}:{problem.imported.line} lacks {problem.module}"
        for problem in usage.problems
        if library_of(problem.module) not in named
    ]
    return found + [
        f"{label} has {dep}" for dep in unused_deps(own.target, usage, set())
    ]


def library_of(module: str) -> str:
    """Return the package whose modules one library holds."""
    package, _, name = module.rpartition(".")
    return package if name.removesuffix("_new") in MODULES else module


def in_cycles(tree: WorkTree) -> list[str]:
    """Return the targets that depend on themselves."""
    below = {label: set(used) for label, used in tree.edges.items()}
    for _ in below:
        for used in below.values():
            used.update(*(below.get(label, ()) for label in list(used)))
    return [label for label, used in below.items() if label in used]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_one_fix_is_enough(tmp_path: Path, programs: Programs, seed: int) -> None:
    repository = Repository(tmp_path, programs)
    trees = Trees(seed)
    files = trees.make(["a", "b", "c"])
    repository.write(files)
    left = check(repository, [])
    repository.commit()
    for path, place in trees.change(files).items():
        if place:
            repository.move(path, place)
        else:
            repository.remove(path)
    check(repository, left)


def check(repository: Repository, left: list[str]) -> list[str]:
    """Fix once; see that nothing is wrong and that a second fix changes nothing.

    Returns:
        what is left to decide, now and before.
    """
    first = Fixed(repository)
    before = repository.build_files()

    second = Fixed(repository)

    left = [*left, *first.decisions]
    assert repository.build_files() == before
    # A folder may be looked at only because its BUILD file has been fixed.
    said = {d for d in second.decisions if folder_of(d.split(":")[0]) in first.folders}
    assert said <= set(left)
    assert wrong(second.tree, left) == []
    if before:
        program = repository.programs.buildifier
        options = ("-mode=check", "-lint=warn", "-warnings=all")
        subprocess.run(
            [program, *options, *before], cwd=repository.root, check=True, timeout=30
        )
    return left
