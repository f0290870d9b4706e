"""Starts an image's command, and imports its first-party modules, inside the image."""

import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tools.image.boot.sandbox import Boot, Machine, booted

# How long a start may take until a port is listened on, and how long all imports together.
_PATIENCE = 120.0

# How long a program that listens on no port must run to count as started.
_RUNNING = 5.0

_POLL = 0.05

# The state LISTEN in /proc/PID/net/tcp.
_LISTEN = "0A"

# What a distribution imports of its own tests, which images leave out.
_LEFT_OUT = re.compile(r"No module named '\w+\.(?:\w+\.)*tests?\b")
_TESTS_KEPT = "\nFix: name its distribution in TESTS_KEPT of image_layers.bzl."

_IMPORTS = """\
import importlib, os, sys

out, sys.stdout = sys.stdout, sys.stderr
for path in sys.argv[1:]:
    print("import", path, file=out, flush=True)
    root = max((place for place in sys.path if path.startswith(place + "/")), key=len)
    name = path.removeprefix(root + "/").removesuffix(".py").removesuffix("/__init__")
    try:
        importlib.import_module(name.replace("/", "."))
    except BaseException as error:
        text = " ".join(f"{type(error).__name__}: {error}".split())
        print("failed", f"{path}: {text}", file=out, flush=True)
print("done", "all", file=out, flush=True)
# No thread that a module has left keeps the process.
os._exit(0)
"""


def import_problems(
    machine: Machine, modules: Sequence[str], patience: float = _PATIENCE
) -> list[str]:
    """Import modules in one process of the image; return a line for each that can't be.

    Args:
      machine: the unpacked image.
      modules: files by their path from the repository's root.
      patience: how long all may take, in seconds.
    """
    paths = [f"/app/{path}" for path in modules]
    command = ["/opt/venv/bin/python", "-c", _IMPORTS, *paths]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(machine.arguments(command), stdout=said)
        try:
            process.wait(patience)
            end = "ended the process"
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            end = f"has not come to its end after {patience:g} seconds"
        said.seek(0)
        lines = [line.rstrip("\n").split(" ", 1) for line in said]
    problems = [_problem(rest) for kind, rest in lines if kind == "failed"]
    kind, last = lines[-1] if lines else ("none", "the first module")
    return problems if kind == "done" else [*problems, f"the import of {last} {end}"]


def _problem(text: str) -> str:
    fix = _TESTS_KEPT if _LEFT_OUT.search(text) else ""
    return f"{text} (at its import){fix}"


def _listens(boot: Boot) -> bool:
    """Return whether the image listens on a port, in its own network."""
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/{boot.init}/net/{table}").read_text().splitlines()
        except OSError:
            continue
        if any(line.split()[3] == _LISTEN for line in lines[1:]):
            return True
    return False


def start_problems(
    machine: Machine, arguments: Sequence[str], running: float = _RUNNING
) -> list[str]:
    """Start the image's command; return what is wrong where it ends otherwise than by 0 before it has started.

    Args:
      machine: the unpacked image, with no network but its own.
      arguments: arguments besides the command's own.
      running: how long a program that exposes no port must run, in seconds.
    """
    exposes = bool(machine.image.settings.get("ExposedPorts"))
    begun = time.monotonic()
    limit = begun + (_PATIENCE if exposes else running)
    command = [*machine.image.command, *arguments]
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        number = said.fileno()
        with booted(machine, command, stdout=number, stderr=number) as boot:
            while boot.process.poll() is None and time.monotonic() < limit:
                if exposes and _listens(boot):
                    break
                time.sleep(_POLL)
            code = boot.process.poll()
            is_late = code is None and exposes and not _listens(boot)
            if code is None:
                boot.stop(10)
        said.seek(0)
        tail = "".join(f"\n  {line.rstrip()}" for line in said.readlines()[-20:])
    if code:
        return [f"{' '.join(command)} ended with {code}:{tail}"]
    late = f"listens on no port after {_PATIENCE:g} seconds:{tail}"
    return [f"{' '.join(command)} {late}"] if is_late else []
