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
from tools.imports.check.check import check
from tools.imports.check.request import Request
from tools.imports.index.modules import distribution_index, format_index
from tools.imports.index.repository import format_repository, owners

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
    denied: list[dict[str, str]] = field(default_factory=list)
    plugins: list[str] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    encoding: str = "utf-8"
    """In which files are written."""

    def _write(self, name: str, text: str) -> str:
        path = self.folder / name.replace("/", "_").replace(":", "_")
        path.write_text(text, encoding=self.encoding)
        return str(path)

    def _index(self, label: str) -> str:
        deps = self.edges.get(label, [])
        if label in self.distributions:
            is_plugin = label in self.plugins
            files = self.distributions[label]
            text = distribution_index(label, files, deps=deps, is_plugin=is_plugin)
        else:
            text = format_index({"label": label, "deps": deps}, self._sources(label))
        return self._write("index" + label, text)

    def _sources(self, label: str) -> list[str]:
        for path, text in self.build_files.items():
            index = Index([BuildFile(text, path)], Packages(self.files))
            for owner in owners(index):
                if owner.label == label:
                    return owner.paths
        return []

    def request(
        self,
        deps: Sequence[str],
        label: str = "//svc/api",
        pyi_deps: Sequence[str] = (),
    ) -> list[str]:
        """Return what the check of the target is given."""
        closure: list[str] = []
        todo = [*deps, *pyi_deps]
        while todo:
            dep = todo.pop()
            if dep not in closure:
                closure.append(dep)
                todo += self.edges.get(dep, [])
        build_files = [BuildFile(text, path) for path, text in self.build_files.items()]
        repository = format_repository(Index(build_files, Packages(self.files)))
        package = label.removeprefix("//").partition(":")[0]
        own = self.build_files[f"{package}/BUILD.bazel"]
        about = {
            "target": label,
            "roots": self.roots,
            "denied": self.denied,
            "outputs": {
                name: str(self.folder / name) for name in ("report", "unused_inputs")
            },
            "explaining": {
                "repository": self._write("repository", repository),
                "distributions": self._write("distributions", DISTRIBUTIONS),
                "build_file": self._write("own", own),
            },
        }
        indexes = {"deps": deps, "pyi_deps": pyi_deps, "closure": closure}
        files = [
            {"kind": kind, "path": name, "file": self._index(name)}
            for kind, labels in indexes.items()
            for name in labels
        ]
        packages = (path for dep in deps for path in self._sources(dep))
        named = {
            "source": self._sources(label),
            "package": [path for path in packages if path.endswith("/__init__.py")],
        }
        files += [
            {"kind": kind, "path": path, "file": self._write(path, self.files[path])}
            for kind, paths in named.items()
            for path in paths
        ]
        return list(map(json.dumps, (about, *files)))

    def report(
        self,
        deps: Sequence[str],
        label: str = "//svc/api",
        pyi_deps: Sequence[str] = (),
    ) -> str:
        """Return what the check of the target says to a person."""
        report = check(Request(self.request(deps, label, pyi_deps)))["report"]
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
        plugins=["@pip//plugin"],
    )


def put(scene: Scene, source: str, *deps: str) -> str:
    """Check `//svc/api`, made of one source, with these deps."""
    scene.files["svc/api/app.py"] = source
    scene.build_files["svc/api/BUILD.bazel"] = library("api", ["app.py"], deps)
    return scene.report(deps)
