"""A machine of fakes: a workspace with a space in its path, and a private PATH."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).parents[3]
PROGRAMS = ("bazelw", ".bazelversion", "tools/debian")
# What the programs may use of any Linux machine.
BORROWED = (
    *(
        "bash",
        "cat",
        "env",
        "flock",
        "mkdir",
        "mv",
        "python3",
        "readlink",
        "rm",
        "setpriv",
    ),
    *("sha256sum", "sleep", "tail", "timeout", "touch", "true"),
)
# Fakes that every preparation meets; each writes down that it was called.
FAKES = {
    "apt-config": "",
    "apt-get": "",
    "bwrap": """printf '%s\\n' "$@" """,
    "newuidmap": "",
    "unshare": """while [[ $1 == -* ]]; do shift; done; exec "$@" """,
    "mmdebstrap": """
while [[ $1 != forky ]]; do shift; done
mkdir -p "$2"/etc/ssl/certs "$2"/usr/bin "$2"/var/lib/dpkg "$2"/var/lib/apt/lists
echo "I: running apt-get update..."
touch "$2"/etc/ssl/certs/ca-certificates.crt
cat >"$2"/var/lib/dpkg/status <<END
Package: bazel-bootstrap
Status: install ok installed
Architecture: amd64
Version: 7.7.1+ds-8
END
""",
}


@dataclass
class Machine:
    """Runs the programs on a machine of fakes."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The workspace."""
        return self.folder / "work space"

    @property
    def cache(self) -> Path:
        """The folder that the programs may write to."""
        return self.folder / "cache/monorepo"

    def fake(self, name: str, body: str) -> None:
        """Put a program on the PATH that notes its call and runs the body."""
        path = self.folder / "bin" / name
        path.unlink(missing_ok=True)
        calls = self.folder / "calls.txt"
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>"{calls}"\n{body}\n', "utf-8")
        path.chmod(0o755)

    def calls(self, name: str) -> list[str]:
        """Return the calls of a fake, in order."""
        path = self.folder / "calls.txt"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [line for line in lines if line.split(" ")[0] == name]

    def start(
        self, program: Path, *arguments: str, cwd: Path | None = None
    ) -> subprocess.Popen[str]:
        """Start a program and return it running."""
        return subprocess.Popen(
            [program, *arguments],
            cwd=cwd or self.root,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for(
        self, process: subprocess.Popen[str], condition: Callable[[], object]
    ) -> None:
        """Wait until the condition holds, as long as the process runs."""
        end = time.monotonic() + 30
        while not condition():
            assert process.poll() is None, process.communicate(timeout=30)
            assert time.monotonic() < end, "the condition doesn't hold after 30 s"
            time.sleep(0.01)

    def run(
        self, program: Path, *arguments: str, cwd: Path | None = None
    ) -> tuple[int, str, str]:
        """Run a program, and return its exit status, results and talk."""
        with self.start(program, *arguments, cwd=cwd) as process:
            out, err = process.communicate(timeout=60)
        return process.returncode, out, err


def make_machine(folder: Path) -> Machine:
    """Return a machine with the programs, nothing prepared, and no Bazel."""
    made = Machine(folder)
    for name in PROGRAMS:
        target = made.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (SOURCE / name).is_dir():
            ignored = shutil.ignore_patterns("tests", "modules", "__pycache__")
            shutil.copytree(SOURCE / name, target, ignore=ignored)
        else:
            shutil.copy(SOURCE / name, target)
    (folder / "bin").mkdir()
    for name in BORROWED:
        found = shutil.which(name)
        assert found is not None, f"this machine lacks {name}"
        (folder / "bin" / name).symlink_to(found)
    for name, body in FAKES.items():
        made.fake(name, body)
    made.environ = {
        "HOME": str(folder / "home"),
        "LC_ALL": "C.UTF-8",
        "PATH": str(folder / "bin"),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
    os.umask(0o022)
    return made
