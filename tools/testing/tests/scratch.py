"""A tree of runfiles with one test file, in which a test runs the runner as Bazel does."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TARGET = "//case:test_case"
RUNNER = Path("tools/testing/pytest_main.py").absolute()
SETTINGS = """\
[tool.pytest.ini_options]
addopts = ["--strict-markers", "--strict-config", "-ra"]
filterwarnings = ["error"]
"""
# What Bazel and the person who calls it tell the outer run alone.
OUTER = re.compile("TEST|XML_OUTPUT_FILE|COVERAGE_(DIR|MANIFEST)|HOME|XDG_|TMPDIR")


@dataclass(frozen=True)
class Run:
    """What one run left."""

    exit_code: int
    text: str
    remark: str
    xml: str


class Scratch:
    """The tree; files of it are named from its root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "runfiles" / "_main"
        self.root.mkdir(parents=True)
        self.write("pyproject.toml", SETTINGS)

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def environ(self) -> dict[str, str]:
        """Return what a run takes over from the outer one: its modules are found by it."""
        path = [str(self.root), *filter(None, [os.environ.get("PYTHONPATH")])]
        kept = {name: os.environ[name] for name in os.environ if not OUTER.match(name)}
        return {**kept, "PYTHONPATH": os.pathsep.join(path)}

    def run(self, test: str, *arguments: str, **environ: str) -> Run:
        """Run one test file's text under arguments for pytest, and what Bazel would set besides."""
        self.write("case/test_case.py", test)
        return self.run_files(["case/test_case.py"], *arguments, **environ)

    def run_files(self, files: list[str], *arguments: str, **environ: str) -> Run:
        """Run test files that are there."""
        xml = self.folder / "test.xml"
        xml.unlink(missing_ok=True)
        options = [f"--test-file={file}" for file in files]
        limit = ["timeout", "--preserve-status", environ.pop("timeout", "60")]
        done = subprocess.run(
            [*limit, sys.executable, str(RUNNER), *options, *arguments],
            cwd=self.root,
            env={
                **self.environ(),
                "TEST_TARGET": TARGET,
                "TEST_TMPDIR": str(self.folder),
                "XML_OUTPUT_FILE": str(xml),
                **environ,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=45,
        )
        return Run(
            done.returncode,
            done.stdout + done.stderr,
            done.stderr.strip("\n"),
            xml.read_text(encoding="utf-8") if xml.exists() else "",
        )
