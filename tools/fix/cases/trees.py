"""Makes small trees of projects, the same for the same seed, and changes them.

They have the layouts that there are, modules that import one another, tests with helpers,
stubs and conftest.py files, BUILD files with a glob or a list comprehension, and sources
that git ignores; their sources pass the checks as far as that is possible.
"""

from collections.abc import Mapping
from random import Random

LAYOUTS = {
    # The folder of a project's package, and how its modules are imported.
    "plain": ("libs/{0}", "libs.{0}"),
    "deep": ("libs/{0}/part", "libs.{0}.part"),
    "src": ("libs/{0}/src/{0}pkg", "{0}pkg"),
    "flat": ("libs/{0}/{0}pkg", "{0}pkg"),
    "service": ("services/{0}", "services.{0}"),
}
MADE = "_made.py"
MODULES = ("one", "two", "__init__")
HEAD = '''"""Is there before its sources are."""

load("@rules_python//python:py_library.bzl", "py_library")

package(default_visibility = ["//visibility:private"])

'''
WRITTEN = {
    "glob": 'py_library(\n    name = "all",\n    srcs = glob(["*.py"]),\n)\n',
    "comprehension": (
        '[py_library(\n    name = name,\n    srcs = [name + ".py"],\n) for name in [\n'
        "{}]]\n"
    ),
}
FIXTURE = '''

@pytest.fixture
def one() -> int:
    """Return one."""
    return 1
'''
# The typed part of a module that imports numpy for types only.
TYPED = '''

def size(values: np.ndarray) -> int:
    """Return how many there are."""
    return values.size
'''


class Trees:
    """Makes trees by chance."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # nothing is secret here
        self._modules: list[str] = []
        self._files: dict[str, str] = {}

    def make(self, names: list[str]) -> dict[str, str]:
        """Return the files of a project of each name, path to text."""
        for name in names:
            self._add(name)
        # An import of what comes later, which may close a cycle.
        sources = [p for p in self._files if p.endswith(".py") and "/tests/" not in p]
        path = self._random.choice(sources)
        self._files[path] = self._source(path, self._some(self._modules))
        return self._files

    def change(self, files: Mapping[str, str]) -> dict[str, str]:
        """Return what becomes of some files: the new path, or nothing where one goes."""
        changed = {}
        for path in sorted(files):
            folder, _, name = path.rpartition("/")
            is_kept = name == MADE or not path.endswith((".py", ".pyi"))
            if not is_kept and self._happens(0.3):
                stem, _, ending = name.partition(".")
                renamed = f"{folder}/{stem}_new.{ending}"
                moved = f"libs/new{stem.strip('_')}/{name}"
                changed[path] = self._random.choice(["", renamed, moved])
        places = list(changed.values())
        return {p: to for p, to in changed.items() if not to or places.count(to) == 1}

    def _happens(self, chance: float = 0.5) -> bool:
        return self._random.random() < chance

    def _some(self, modules: list[str]) -> list[str]:
        return [module for module in modules if self._happens(0.4)]

    def _add(self, name: str) -> None:
        layout = self._random.choice(sorted(LAYOUTS))
        folder, package = (text.format(name) for text in LAYOUTS[layout])
        project = "/".join(folder.split("/")[:2])
        modules = [m for m in MODULES if self._happens(0.7)] or ["one"]
        for module in modules:
            path = f"{folder}/{module}.py"
            self._files[path] = self._source(path, self._some(self._modules))
            is_package = module == "__init__"
            self._modules.append(package if is_package else f"{package}.{module}")
            if self._happens(0.3):
                self._files[f"{path}i"] = "def used() -> tuple[object, ...]: ...\n"
        if layout == "plain" and self._happens():
            kind = self._random.choice(sorted(WRITTEN))
            listed = "".join(f'    "{module}",\n' for module in modules)
            self._files[f"{folder}/BUILD.bazel"] = HEAD + WRITTEN[kind].replace(
                "{}", listed
            )
        if self._happens(0.2):
            self._files[f"{project}/.gitignore"] = f"{MADE}\n"
            self._files[f"{folder}/{MADE}"] = '"""Is made."""\n'
            self._modules.append(f"{package}._made")
        self._add_tests(project)

    def _add_tests(self, project: str) -> None:
        tests = f"{project}/tests"
        fixture = ""
        if self._happens():
            place = self._random.choice([project, tests])
            imports = ["pytest", *self._some(self._modules)]
            path = f"{place}/conftest.py"
            self._files[path] = self._source(path, imports) + FIXTURE
            fixture = "one: int"
        if self._happens(0.3):
            self._files[f"{tests}/__init__.py"] = '"""Tests."""\n'
        imports = self._some(self._modules) or self._modules[-1:]
        if self._happens():
            helper = f"{tests}/helper.py"
            self._files[helper] = self._source(helper, self._some(self._modules))
            imports.append(helper.removesuffix(".py").replace("/", "."))
        for path in (f"{tests}/test_it.py", f"{tests}/deep/deep_test.py"):
            if self._happens(0.7):
                asserted = "one == 1" if fixture else 'used.__name__ == "used"'
                self._files[path] = (
                    f"{self._source(path, imports)}\n\n"
                    f"def test_it({fixture}) -> None:\n    assert {asserted}\n"
                )

    def _source(self, path: str, imports: list[str]) -> str:
        """Return a source that imports some modules, and uses them when it is called."""
        typed = self._happens(0.2)
        lines = ['"""Is made."""\n']
        if typed:
            lines.append("from typing import TYPE_CHECKING\n")
        others = sorted(set(imports))
        groups = [
            [m for m in others if not m.startswith(("libs.", "services."))],
            [m for m in others if m.startswith(("libs.", "services."))],
        ]
        lines += ["".join(f"import {m}\n" for m in group) for group in groups if group]
        if typed:
            lines.append("if TYPE_CHECKING:\n    import numpy as np\n")
        used = "".join(f"{module}, " for module in others).rstrip()
        body = f'def used() -> tuple[object, ...]:\n    """Return them."""\n    return ({used})\n'
        return "\n".join(lines) + f"\n\n{body}" + (TYPED if typed else "")
