"""Finds Python that no check sees, and tests that never run."""

from collections.abc import Iterator, Sequence

from tools.build_files.conftests import missing_conftests
from tools.build_files.reader import BUILD, CODE_RULES, TEST_RULES, Call
from tools.build_files.taken_names import taken_names
from tools.checks.unowned_files.tree import PYTHON, Tree, finding
from tools.findings.finding import Finding
from tools.source_text.names import RENAME, odd_letters
from tools.workspace.labels import absolute_label, path_of

# Python to a person, and to neither Bazel nor the checks.
OTHER_PYTHON = (".py", ".py3", ".pyi", ".pyw")


def unseen_python(tree: Tree) -> Iterator[Finding]:
    """Yield Python files outside every target that is checked, and tests that never run."""
    for file in tree.files:
        if file.endswith(PYTHON):
            yield from misplaced(tree, file)
        elif file.lower().endswith(OTHER_PYTHON):
            text = "the checks know Python as *.py and *.pyi only"
            yield finding(file, 0, "outside", text, "rename it.")


def misplaced(tree: Tree, file: str) -> Iterator[Finding]:
    """Yield what is wrong with the targets that have one Python file."""
    owners = [o for o in tree.index.owners.get(file, []) if o.function in CODE_RULES]
    build, inside = tree.place(file)
    stem = inside.rpartition("/")[2].rpartition(".")[0]
    if not any(runs(tree, o, file) for o in owners) and is_test(tree, file):
        text = "pytest would run its tests, and no pytest_test has it in srcs: they never run"
        call = f'pytest_test(name = "{stem}", size = "small", srcs = ["{inside}"], …)'
        others = ", ".join(sorted(owner.label for owner in owners))
        instead = f", instead of {others}" if others else ""
        fix = f"in {build} add {call}{instead}; or write __test__ = False into it."
        yield finding(file, 0, "no-test", text, fix)
    elif not owners and odd_letters(file):
        text = (
            f"its name holds {odd_letters(file)}, which Bazel can't take in every place"
        )
        yield finding(file, 0, "name", text, RENAME)
    elif not owners:
        key = "pyi_srcs" if inside.endswith(".pyi") else "srcs"
        text = f"no Python target has it in {key}, so nothing checks it"
        call = f'py_library(name = "{stem}", {key} = ["{inside}"])'
        fix = f'in {build} add "{inside}" to the {key} of a py_library, or add {call}'
        yield finding(file, 0, "outside", text, fix)
    elif len(left := roots(tree, owners)) > 1:
        names = ", ".join(sorted(owner.label for owner in left))
        text = (
            f"the srcs of {names} name it, and none of these is in the deps of another"
        )
        fix = "leave it in one py_library, and name that in the deps of the others."
        yield finding(file, 0, "twice", text, fix)


def roots(tree: Tree, owners: Sequence[Call]) -> list[Call]:
    """Return the targets that none of the others stands for: one that has another in deps leaves the file to it."""
    names = {owner.label for owner in owners}
    return [o for o in owners if not names.intersection(tree.index.deps(o))]


def runs(tree: Tree, owner: Call, file: str) -> bool:
    """Return whether a target of a file runs its tests.

    What the main program of a `py_test` starts is another check's: main_findings.py.
    """
    if owner.function == "py_test":
        default = f"{owner.name.removesuffix('.py')}.py"
        main = next(iter(owner.strings("main")), default)
        return path_of(absolute_label(main, owner.package)) == file
    return owner.function in TEST_RULES or owner.label in tree.index.run_by_programs


def is_test(tree: Tree, file: str) -> bool:
    """Return whether pytest would run tests of a file."""
    return tree.pytest_files.takes(file, tree.sources.get(file, b""))


def untold(tree: Tree) -> Iterator[Finding]:
    """Yield targets whose files the text of BUILD and .bzl files doesn't give."""
    fix = "write the files out, or take them from what this repository's text gives."
    for file in tree.index.build_files.values():
        for failure in file.failures:
            if failure.symbols & CODE_RULES:
                text = (
                    f"the text doesn't give which targets this makes: {failure.reason}"
                )
                yield finding(file.path, failure.line, "untold", text, fix)
        for target in file.targets:
            if target.function in CODE_RULES and not target.is_known("srcs"):
                text = f"the text doesn't give all files of {target.label}"
                yield finding(file.path, target.node.lineno, "untold", text, fix)


def forgotten_conftests(tree: Tree) -> Iterator[Finding]:
    """Yield the tests whose target lacks a conftest.py beside or above them."""
    for missing in missing_conftests(tree.index):
        test, library = missing.test, missing.library
        build, inside = tree.place(missing.path)
        line = test.node.lineno
        text = f"{missing.path} applies to {test.label}, which doesn't have it"
        fix = f'in {build} add py_library(name = "conftest", testonly = True, srcs = ["{inside}"], …)'
        if library:
            fix = f'add "{library.label}" to its deps'
        if library and not missing.is_visible:
            fix += f", and //{test.package}:__pkg__ to the visibility of that"
        place = f"{test.package}/{BUILD}".lstrip("/")
        yield finding(place, line, "conftest", text, f"{fix}: bazel run //:fix")


def hiding_names(tree: Tree) -> Iterator[Finding]:
    """Yield folders and modules that hide a module of Python or of the lock."""
    for taken in taken_names(tree.index, tree.distributions):
        target = taken.target
        path = f"{target.package}/{BUILD}".lstrip("/") if target else taken.path
        line = target.node.lineno if target else 0
        text = f"{taken.path}: {taken.text}" if target else taken.text
        yield finding(path, line, "taken", text, taken.fix)


def unknown_patterns(tree: Tree) -> Iterator[Finding]:
    """Yield patterns of test files that the inventory doesn't hand over for a look."""
    for pattern in tree.pytest_files.files:
        if "test" not in pattern.lower():
            text = f'python_files holds "{pattern}", and only files with "test" in their name are looked at'
            fix = 'write "test" into the pattern and into the files\' names.'
            yield finding("pyproject.toml", 0, "no-test", text, fix)
