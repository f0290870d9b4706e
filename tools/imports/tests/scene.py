"""A small repository in memory, against which tests check one target's imports."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.build_files.index import Index
from tools.build_files.packages import Packages
from tools.build_files.reader import BuildFile
from tools.findings.finding import parse_report
from tools.findings.terminal import format_terminal
from tools.imports.check import check
from tools.imports.modules import modules_of
from tools.imports.repository_index import collect

DISTRIBUTIONS = "numpy @pip//numpy\nyaml @pip//pyyaml\nopentelemetry.sdk @pip//sdk\n"
PUBLIC = '["//visibility:public"]'


@dataclass
class Scene:
    """What surrounds the target `//svc/api`; files are given by their path."""

    folder: Path
    files: dict[str, str] = field(default_factory=dict)
    build_files: dict[str, str] = field(default_factory=dict)
    distributions: dict[str, list[str]] = field(default_factory=dict)
    """The files of each distribution, by its label."""
    edges: dict[str, list[str]] = field(default_factory=dict)
    denied: list[str] = field(default_factory=list)
    flags: dict[str, str] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)
    encoding: str = "utf-8"
    """In which files are written."""

    def _write(self, name: str, text: str) -> str:
        path = self.folder / name.replace("/", "_").replace(":", "_")
        path.write_text(text, encoding=self.encoding)
        return str(path)

    def _index(self, label: str) -> str:
        lines = [f"# label {label}"]
        lines += [f"# dep {dep}" for dep in self.edges.get(label, [])]
        lines += [f"# {self.flags[label]}"] if label in self.flags else []
        if label in self.distributions:
            modules = modules_of(self.distributions[label])
            tops = sorted({module.partition(".")[0] for module in modules})
            lines += ["# tops " + " ".join(tops), *sorted(modules)]
        else:
            lines += self._sources(label)
        return self._write("index" + label, "".join(line + "\n" for line in lines))

    def _sources(self, label: str) -> list[str]:
        for path, text in self.build_files.items():
            index = Index([BuildFile(text, path)], Packages(self.files))
            for owner in collect(index)["owners"]:
                if owner[0] == label:
                    return list(owner[3])
        return []

    def options(
        self,
        deps: Sequence[str],
        label: str = "//svc/api",
        pyi_deps: Sequence[str] = (),
    ) -> dict[str, list[str]]:
        """Return what the check of the target is given."""
        closure: list[str] = []
        todo = [*deps, *pyi_deps]
        while todo:
            dep = todo.pop()
            if dep not in closure:
                closure.append(dep)
                todo += self.edges.get(dep, [])
        build_files = [BuildFile(text, path) for path, text in self.build_files.items()]
        repository = collect(Index(build_files, Packages(self.files)))
        package = label.removeprefix("//").partition(":")[0]
        own = f"{package}/BUILD.bazel"
        return {
            "target": [label],
            "source": [
                f"{path}={self._write(path, self.files[path])}"
                for path in self._sources(label)
            ],
            "root": self.roots,
            "deps": [self._index(dep) for dep in deps],
            "pyi_deps": [self._index(dep) for dep in pyi_deps],
            "closure": [self._index(dep) for dep in closure],
            "package": [
                f"{path}={self._write(path, self.files[path])}"
                for dep in deps
                for path in self._sources(dep)
                if path.endswith("/__init__.py")
            ],
            "denied": self.denied,
            "repository": [self._write("repository", json.dumps(repository))],
            "distributions": [self._write("distributions", DISTRIBUTIONS)],
            "build-file": [self._write("own", self.build_files[own])],
        }

    def report(
        self,
        deps: Sequence[str],
        label: str = "//svc/api",
        pyi_deps: Sequence[str] = (),
    ) -> str:
        """Return what the check of the target says to a person."""
        report = check(self.options(deps, label, pyi_deps))[0]
        return format_terminal(parse_report(report, "report"))


def library(
    name: str, srcs: Sequence[str], deps: Sequence[str] = (), **more: str
) -> str:
    """Return the text of a target."""
    lines = [f'    name = "{name}",', f"    srcs = {json.dumps(list(srcs))},"]
    lines += [f"    {key} = {value}," for key, value in more.items()]
    lines += ["    deps = [", *(f'        "{dep}",' for dep in deps), "    ],"]
    return "py_library(\n" + "\n".join(lines) + "\n)\n"


def plain_scene(folder: Path) -> Scene:
    """Return a small repository, for a `//svc/api` that `put` fills in."""
    return Scene(
        folder=folder,
        files={
            "libs/ml/__init__.py": "",
            "libs/ml/classifier.py": "import numpy\n",
            "libs/ml/training.py": "",
            "svc/other/app.py": "",
            "svc/api/stray.py": "",
        },
        build_files={
            "libs/ml/BUILD.bazel": (
                'package_group(name = "users", packages = ["//svc/..."])\n'
                + library(
                    "ml", ["__init__.py", "classifier.py"], visibility='[":users"]'
                )
                + library("training", ["training.py"])
            ),
            "svc/other/BUILD.bazel": library("other", ["app.py"]),
        },
        distributions={
            "@pip//numpy": ["numpy/__init__.py", "numpy/linalg.py"],
            "@pip//pyyaml": ["yaml/__init__.py", "_yaml/__init__.py"],
            "@pip//types_pyyaml": ["yaml-stubs/__init__.pyi"],
            "@pip//api": ["opentelemetry/trace/__init__.py"],
            "@pip//sdk": ["opentelemetry/sdk/__init__.py"],
            "@pip//plugin": ["some_plugin.py"],
            "@pip//sklearn": ["sklearn/__init__.py"],
        },
        edges={"//libs/ml": ["@pip//numpy"], "@pip//sklearn": ["@pip//numpy"]},
        flags={"@pip//plugin": "plugin"},
    )


def put(scene: Scene, source: str, *deps: str) -> str:
    """Check `//svc/api`, made of one source, with these deps."""
    scene.files["svc/api/app.py"] = source
    scene.build_files["svc/api/BUILD.bazel"] = library("api", ["app.py"], deps)
    return scene.report(deps)
