"""Solves requirements.in into requirements_lock.txt, with hashes, by uv from the lock.

Invoked as: bazel run //:requirements.update
    [-- --upgrade | --upgrade-package NAME… | --no-cooldown NAME… | --cooldown-days N]

Pins stay as they are unless an upgrade is asked for. No release younger than 7 days is
taken: most poisoned releases are found and withdrawn within that time.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from packaging.utils import canonicalize_name

from tools.lock.header import format_lock, read_header
from tools.lock.pip_settings import undated_folders, uv_environment
from tools.lock.requirements import RequirementsError, read_entries

INPUTS = "requirements.in"
LOCK = "requirements_lock.txt"
COOLDOWN_DAYS = 7
MAP = "//tools/imports/distributions:update"


class UpdateError(Exception):
    """The lock can't be solved."""


@dataclass(frozen=True)
class Wish:
    """What one run was asked for, and the moment it runs at."""

    upgrade: bool
    upgrade_packages: tuple[str, ...]
    no_cooldown: tuple[str, ...]
    cooldown: timedelta
    now: datetime

    @property
    def newest(self) -> datetime:
        """The moment after which no release is taken."""
        return self.now - self.cooldown


def parse_arguments(argv: Sequence[str], now: datetime) -> tuple[Path, Wish]:
    """Return the path of uv and what it is asked for."""
    parser = argparse.ArgumentParser(prog="bazel run //:requirements.update --")
    parser.add_argument("--uv", nargs="+", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--upgrade", action="store_true", help="take newest versions")
    for flag, text in [
        ("--upgrade-package", "take the newest version of NAME"),
        ("--no-cooldown", "take the newest version of NAME, however young"),
    ]:
        parser.add_argument(
            flag, action="append", default=[], metavar="NAME", help=text
        )
    parser.add_argument(
        "--cooldown-days",
        type=int,
        default=COOLDOWN_DAYS,
        metavar="N",
        help=f"take no release younger than N days (default {COOLDOWN_DAYS})",
    )
    options = parser.parse_args(argv)
    programs = [Path(p).absolute() for p in options.uv if Path(p).name == "uv"]
    if not programs:
        parser.error("the uv in the lock carries no program named uv")
    wish = Wish(
        upgrade=options.upgrade,
        upgrade_packages=tuple(options.upgrade_package),
        no_cooldown=tuple(canonicalize_name(name) for name in options.no_cooldown),
        cooldown=timedelta(days=options.cooldown_days),
        now=now,
    )
    return programs[0], wish


def exempt_moments(lock: str, wish: Wish) -> dict[str, datetime]:
    """Return what is taken younger than the rest: asked for now, or still too young."""
    kept = {
        name: moment
        for name, moment in read_header(lock).exempt.items()
        if moment > wish.newest
    }
    return kept | dict.fromkeys(wish.no_cooldown, wish.now)


def solver_arguments(wish: Wish, exempt: dict[str, datetime]) -> list[str]:
    """Return uv's arguments, all but the files."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    arguments = ["pip", "compile", "--universal", "--generate-hashes"]
    arguments += ["--no-strip-extras", "--no-header", "--only-binary=:all:"]
    arguments += [f"--python-version={version}", f"--python={sys.executable}"]
    if wish.cooldown:
        arguments.append(f"--exclude-newer={wish.newest.isoformat()}")
        for name, moment in sorted(exempt.items()):
            arguments.append(f"--exclude-newer-package={name}={moment.isoformat()}")
    if wish.upgrade:
        arguments.append("--upgrade")
    for name in [*wish.upgrade_packages, *wish.no_cooldown]:
        arguments.append(f"--upgrade-package={name}")
    return arguments


def preferences(lock: str) -> str:
    """Return the pins of the present lock, without hashes: uv would believe those."""
    try:
        entries = read_entries(lock, LOCK)
    except RequirementsError:
        # A conflict marker, say. Solving anew is the mend.
        return ""
    return "".join(
        f"{e.requirement.name}=={e.version}"
        + (f" ; {e.requirement.marker}\n" if e.requirement.marker else "\n")
        for e in entries
        if e.version
    )


def explain(stderr: str, wish: Wish) -> str:
    """Return why uv failed, in one message."""
    said = "".join(f"  uv: {line}\n" for line in stderr.strip().splitlines()[-20:])
    undated = re.search(r"(\S+) has no publish time", stderr) or re.search(
        r"(\S+) is missing an upload date", stderr
    )
    if undated:
        return (
            f"{INPUTS}: the index gives no upload dates (first seen for {undated[1]}), "
            f"so releases younger than {wish.cooldown.days} days can't be left out.\n"
            "Fix: configure an index that gives them, or take releases of any age: "
            "bazel run //:requirements.update -- --cooldown-days 0"
        )
    return (
        f"{INPUTS}: uv found no solution.\n{said}"
        "Fix: change the requirement that it names; a release younger than "
        f"{wish.cooldown.days} days is only taken with -- --no-cooldown NAME."
    )


def solve(uv: Path, root: Path, wish: Wish, lock: str) -> str:
    """Return the whole text of the new lock."""
    exempt = exempt_moments(lock, wish)
    for folder in undated_folders(os.environ, Path.home()) if wish.cooldown else ():
        print(f"Left out, as a folder dates no release: {folder}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / LOCK
        output.write_text(preferences(lock), encoding="utf-8")
        done = subprocess.run(
            [uv, *solver_arguments(wish, exempt), f"--output-file={output}", INPUTS],
            cwd=root,
            env=uv_environment(os.environ, Path.home(), dated=bool(wish.cooldown)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise UpdateError(explain(done.stderr, wish))
        body = output.read_text(encoding="utf-8")
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    inputs = (root / INPUTS).read_text(encoding="utf-8")
    return format_lock(body, inputs, python, exempt)


def update_map(root: Path) -> None:
    """Have the map of modules to distributions written anew, from the new wheels."""
    bazel = "./bazelw" if (root / "bazelw").exists() else "bazel"
    done = subprocess.run([bazel, "run", MAP], cwd=root, check=False)
    if done.returncode:
        raise UpdateError(
            f"{LOCK} is written, but {MAP} failed with the new distributions.\n"
            f"Fix: mend what it says above, then bazel run {MAP}"
        )


def changes(old: str, new: str) -> list[str]:
    """Return one line per distribution that came, went or changed its version."""
    try:
        before = {e.name: e.version for e in read_entries(old, LOCK)}
    except RequirementsError:
        before = {}
    after = {e.name: e.version for e in read_entries(new, LOCK)}
    lines = []
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name, "-"), after.get(name, "-")
        if was != now:
            lines.append(f"{name}: {was} -> {now}")
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Write the lock of the workspace that `bazel run` was called in."""
    arguments = sys.argv[1:] if argv is None else argv
    uv, wish = parse_arguments(arguments, datetime.now(UTC).replace(microsecond=0))
    root = Path(os.environ["BUILD_WORKSPACE_DIRECTORY"])
    path = root / LOCK
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    try:
        new = solve(uv, root, wish, old)
        if new != old:
            draft = path.with_name(LOCK + ".new")
            draft.write_text(new, encoding="utf-8")
            draft.replace(path)
        update_map(root)
    except UpdateError as error:
        print(error, file=sys.stderr)
        return 1
    changed = changes(old, new)
    print("\n".join(changed) if changed else f"{LOCK}: no version changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
