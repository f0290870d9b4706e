"""A repository under git, with a Bazel that answers as a test says."""

import json
import os
import subprocess
from pathlib import Path

from tools.graph.affected.changes import History
from tools.graph.affected.roots import Finder, Roots
from tools.graph.affected.starlark_files import StarlarkFiles
from tools.graph.affected.targets import parse_targets
from tools.workspace.files import seen_by_bazel


def rule(
    name: str, kind: str, place: str, *inputs: str, tags: str = "", seen_by: str = ""
) -> str:
    """Return a rule as a query tells it; `place` is FILE:LINE."""
    attributes = {"tags": tags.split(), "visibility": seen_by.split()}
    fields = {
        "name": name,
        "ruleClass": kind,
        "location": f"{place}:1",
        "ruleInput": list(inputs),
        "attribute": [
            {"name": name, "stringListValue": value}
            for name, value in attributes.items()
        ],
    }
    return json.dumps({"type": "RULE", "rule": fields}) + "\n"


def source(name: str) -> str:
    """Return a source file as a query tells it."""
    return json.dumps({"type": "SOURCE_FILE", "sourceFile": {"name": name}}) + "\n"


def package_group(name: str, *packages: str, includes: str = "") -> str:
    """Return a package group as a query tells it."""
    fields = {
        "name": name,
        "containedPackage": list(packages),
        "includedPackageGroup": includes.split(),
    }
    return json.dumps({"type": "PACKAGE_GROUP", "packageGroup": fields}) + "\n"


def generated(name: str, by: str) -> str:
    """Return a file that a rule makes as a query tells it."""
    fields = {"name": name, "generatingRule": by}
    return json.dumps({"type": "GENERATED_FILE", "generatedFile": fields}) + "\n"


class Repository:
    """A repository whose first commit holds what was written before it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> None:
        """Run git in it."""
        who = ["-c", "user.name=n", "-c", "user.email=e@localhost"]
        command = ["git", *who, "-c", "safe.directory=*", *arguments]
        environ = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"}
        subprocess.run(command, cwd=self.root, check=True, env=environ, timeout=30)

    def write(self, path: str, text: str = "") -> None:
        """Write a file."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def commit(self) -> None:
        """Commit all that there is."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=m")

    def roots(self, answer: str) -> Roots:
        """Return what the edits since the commit touch at once, by a query's answer."""
        history = History.since(self.root, "HEAD")
        names = (".bzl", "BUILD.bazel")
        paths = tuple(it for it in seen_by_bazel(self.root) if it.endswith(names))
        starlark = StarlarkFiles(self.root, paths)
        finder = Finder(history, parse_targets(answer), starlark)
        return finder.find(history.changes())
