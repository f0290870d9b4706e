"""Finds the uv that the lock pins, or makes it from its wheel, kept for the next time.

It comes by pip, hash-checked, and not as `@pip//uv`: that would need a lock that works.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.lock.past import lock_texts
from tools.lock.pins import LOCK, Pin, read_pins
from tools.lock.pip_settings import hide_passwords

_PIP = ["install", "--quiet", "--no-deps", "--only-binary=:all:", "--no-compile"]
_SETTINGS = {"PIP_NO_INPUT": "1", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_USER": "0"}


class UvError(Exception):
    """There is no uv."""


def requirements(root: Path) -> Iterator[str]:
    """Yield what pip can be asked for, best first; the last one has no hash."""
    seen = set()
    for text in lock_texts(root):
        for pin in read_pins(text):
            if pin.name == "uv" and pin.hashes and (line := _line(pin)) not in seen:
                seen.add(line)
                yield line
    yield "uv"


def _line(pin: Pin) -> str:
    hashes = " ".join(f"--hash={value}" for value in sorted(set(pin.hashes)))
    return f"uv=={pin.version} {hashes}"


def _install(requirement: str, folder: Path) -> str:
    """Install uv into a folder; return what pip said if it couldn't."""
    asked = folder / "asked.txt"
    asked.write_text(requirement + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", *_PIP, f"--target={folder}"]
    if "--hash" in requirement:
        command.append("--require-hashes")
    done = subprocess.run(
        [*command, "-r", str(asked)],
        capture_output=True,
        text=True,
        env={**os.environ, **_SETTINGS},
        check=False,
    )
    return done.stderr if done.returncode else ""


def _place(requirement: str, environ: Mapping[str, str], scratch: Path) -> Path:
    """Return where one uv lies: in the user's caches, where these can be written."""
    name = "uv-" + hashlib.sha256(requirement.encode()).hexdigest()[:16]
    caches = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", "/"), ".cache")
    folder = Path(caches) / "monorepo"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return scratch / name
    return (folder if os.access(folder, os.W_OK) else scratch) / name


def find_uv(root: Path, scratch: Path) -> Path:
    """Return the program.

    Raises:
        UvError: neither pip nor the PATH has one.
    """
    said = ""
    for requirement in requirements(root):
        place = _place(requirement, os.environ, scratch)
        pinned = "--hash" in requirement
        if pinned and place.exists():
            return place
        folder = Path(tempfile.mkdtemp(dir=scratch))
        if problem := _install(requirement, folder):
            said = said or problem
            continue
        if not pinned:
            print("No lock pins uv: took the newest one.", file=sys.stderr)
            return folder / "bin" / "uv"
        draft = place.with_name(f"{place.name}.{os.getpid()}")
        shutil.copy2(folder / "bin" / "uv", draft)
        return draft.replace(place)
    if on_path := shutil.which("uv"):
        print(f"pip gives no uv: took {on_path}.", file=sys.stderr)
        return Path(on_path)
    tail = "".join(f"  pip: {line}\n" for line in said.strip().splitlines()[-6:])
    raise UvError(
        f"{LOCK}: pip of {sys.executable} can't install uv, which solves.\n"
        f"{hide_passwords(tail)}"
        "Fix: check the network and pip's configuration (pip config list), then run "
        "the same command again; or put a uv on the PATH."
    )
