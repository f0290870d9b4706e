"""Any small tree: after one fix nothing is left to fix, and what is written is right.

Trees are projects in the layouts that there are, of modules that import one another,
with tests, stubs and conftest.py files; then some sources are renamed or deleted.
"""

import re
import subprocess
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tools.build_files.conftests import missing_conftests
from tools.fix.build_files import fix_build_files
from tools.fix.fix import write
from tools.fix.programs import Programs
from tools.fix.target_imports import TargetImports
from tools.fix.tests.repositories import Repository
from tools.fix.work_tree import PYTHON, WorkTree, folder_of, read_work_tree
from tools.imports.check.resolve import resolve, unused_deps
from tools.imports.policy.scopes import policy_findings

LAYOUTS = {
    # The folder of a project's package, and how its modules are imported.
    "plain": ("libs/{0}", "libs.{0}"),
    "deep": ("libs/{0}/part", "libs.{0}.part"),
    "src": ("libs/{0}/src/{0}pkg", "{0}pkg"),
    "flat": ("libs/{0}/{0}pkg", "{0}pkg"),
}
NAMES = ("a", "b", "c")
MODULES = ("one", "two", "__init__")


@st.composite
def trees(draw: st.DrawFn) -> dict[str, str]:
    """Draw the sources of up to three projects."""
    files: dict[str, str] = {}
    modules: list[str] = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True)):
        folder, package = (
            text.format(name)
            for text in LAYOUTS[draw(st.sampled_from(sorted(LAYOUTS)))]
        )
        for module in draw(st.lists(st.sampled_from(MODULES), min_size=1, unique=True)):
            files[f"{folder}/{module}.py"] = _source(draw, modules)
            modules.append(package if module == "__init__" else f"{package}.{module}")
            if draw(st.booleans()):
                files[f"{folder}/{module}.pyi"] = ""
        tests = f"libs/{name}/tests"
        if draw(st.booleans()):
            files[f"{tests}/test_it.py"] = (
                f"{_source(draw, modules)}import {modules[-1]}\n\n\n"
                "def test_it():\n    pass\n"
            )
        if draw(st.booleans()):
            files[f"{tests}/conftest.py"] = _source(draw, modules)
        if draw(st.booleans()):
            files[f"{tests}/helper.py"] = ""
    # An import of what comes later, which may close a cycle.
    path = draw(st.sampled_from(sorted(files)))
    files[path] = f"import {draw(st.sampled_from(modules))}\n{files[path]}"
    return files


def _source(draw: st.DrawFn, modules: list[str]) -> str:
    """Draw a source that imports some of the modules that there are."""
    some = draw(st.lists(st.sampled_from(modules), unique=True)) if modules else []
    guard = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy\n"
    lines = [f"import {module}\n" for module in some]
    return "".join([*lines, *draw(st.sampled_from([[], ["import yaml\n"], [guard]]))])


def fixed(repository: Repository) -> tuple[WorkTree, list[str]]:
    """Fix everything that is touched; return the tree, and what is left to decide."""
    tree = read_work_tree(repository.root)
    folders = {folder_of(path) for path in tree.touched}
    result = fix_build_files(tree, folders, repository.programs)
    write(tree, result.tree)
    return read_work_tree(repository.root), result.decisions


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
    # One line stands for all imports of what one library holds.
    named = {
        library_of(module)
        for line in decisions
        for module in re.findall(r'imports "(.*?)"', line)
    }
    for label in tree.repository.owners:
        own = TargetImports(tree, index.targets[label])
        usage = resolve(own.target, own.sources.imports, own.packages.may_bind)
        found += [
            f"{problem.path}:{problem.imported.line} lacks {problem.module}"
            for problem in usage.problems
            if library_of(problem.module) not in named
        ]
        found += [f"{label} has {dep}" for dep in unused_deps(own.target, usage, set())]
    return found + [f"{label} closes a cycle" for label in in_cycles(tree)]


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


def test_one_fix_is_enough(
    tmp_path_factory: pytest.TempPathFactory, programs: Programs
) -> None:
    # No shrinking: an example is small, and takes half a second.
    @settings(
        max_examples=25,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(trees(), st.data())
    def hold(files: dict[str, str], data: st.DataObject) -> None:
        repository = Repository(tmp_path_factory.mktemp("tree"), programs)
        repository.write(files)
        left = check(repository, [])
        repository.commit()
        for path in data.draw(st.lists(st.sampled_from(sorted(files)), unique=True)):
            if data.draw(st.booleans()):
                repository.remove(path)
            else:
                repository.move(path, path.replace(".py", "_new.py"))
        check(repository, left)

    hold()


def check(repository: Repository, left: list[str]) -> list[str]:
    """Fix once; see that nothing is wrong and that a second fix changes nothing.

    Returns:
        what is left to decide, now and before.
    """
    tree, decisions = fixed(repository)
    before = repository.build_files()

    again, same = fixed(repository)

    assert repository.build_files() == before
    # What used a module that is gone isn't touched itself, so it is named once.
    assert set(same) <= set(decisions)
    assert wrong(again, [*left, *decisions]) == []
    if before:
        program = repository.programs.buildifier
        options = ("-mode=check", "-lint=warn", "-warnings=all")
        subprocess.run([program, *options, *before], cwd=tree.root, check=True)
    return [*left, *decisions]
