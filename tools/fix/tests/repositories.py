"""Repositories to try the fix in."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tools.fix.fix import main
from tools.fix.programs import Programs

DISTRIBUTIONS = """# plugin @pip//anyio
anyio @pip//anyio
google.api @pip//google_api
google.protobuf @pip//protobuf
iniconfig @pip//iniconfig
numpy @pip//numpy
pytest @pip//pytest
sklearn @pip//scikit_learn
yaml @pip//pyyaml
yaml-stubs @pip//types_pyyaml
"""
POLICY = """
def denied_prefixes(package):
    denied = [struct(prefix = "@pip//scikit_learn", why = "only training uses it")]
    layer = [struct(prefix = "//services", why = "libs never depend on services")]
    return denied + layer if package.startswith("libs/") else []
"""
FILES = {
    "pyproject.toml": "[tool.ruff.lint]\nselect = ['F', 'I', 'RUF']\n",
    "tools/imports/distributions/distributions.txt": DISTRIBUTIONS,
    "tools/imports/policy/defs.bzl": POLICY,
}


def git(root: Path, *arguments: str, check: bool = True) -> int:
    """Run git as somebody and return its exit code, which is to be 0 if it is checked."""
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=root, check=check, timeout=30).returncode


class Repository:
    """A work tree with a policy and a lock."""

    def __init__(self, root: Path, programs: Programs) -> None:
        self.root = root
        self.programs = programs
        git(root, "init", "--quiet")
        self.write(FILES)
        self.commit()

    def write(self, files: Mapping[str, str]) -> None:
        """Write files."""
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        """Return what a file says."""
        return (self.root / path).read_text(encoding="utf-8")

    def build(self, package: str) -> str:
        """Return the BUILD file of a package from its first target or group on."""
        text = self.read(f"{package}/BUILD.bazel")
        return text.partition('visibility:private"])\n\n')[2]

    def commit(self) -> None:
        """Commit all that is there."""
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--allow-empty", "--message=x")

    def move(self, old: str, new: str) -> None:
        """Move a file, for git too."""
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        git(self.root, "mv", old, new)

    def remove(self, path: str) -> None:
        """Take a file away."""
        (self.root / path).unlink()

    def build_files(self) -> dict[str, str]:
        """Return the text of every BUILD file."""
        return {
            str(path.relative_to(self.root)): path.read_text(encoding="utf-8")
            for path in sorted(self.root.rglob("BUILD.bazel"))
        }

    def fix(self, *arguments: str) -> int:
        """Run the command as the build does."""
        programs = self.programs
        return main(
            [
                f"--ruff={programs.ruff}",
                f"--buildifier={programs.buildifier}",
                f"--buildozer={programs.buildozer}",
                *arguments,
            ]
        )
