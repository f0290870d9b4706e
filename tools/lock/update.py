"""Solves requirements.in into requirements_lock.txt, with hashes, by the uv it pins.

It solves for the Python that MODULE.bazel names, and has pyproject.toml name the same.

Invoked as: bazel run //:requirements.update
    [-- --upgrade | --upgrade-package NAME… | --no-cooldown NAME… | --cooldown-days N]

Pins stay as they are unless an upgrade is asked for. No release younger than 7 days is
taken: most poisoned releases are found and withdrawn within that time. It takes any
lock: of one with conflict markers it keeps the pins of both sides, so far as they solve.
Exits 0 when the lock is written, 1 where it is as it was, 130 when it is interrupted.

Examples:
  bazel run //:requirements.update
  bazel run //:requirements.update -- --upgrade-package numpy
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tools.lock.cycles import MODULE, untold
from tools.lock.inputs import INPUTS, Asked, InputsError, read_inputs
from tools.lock.past import lock_texts
from tools.lock.pins import LOCK, Pin, latest, read_pins, read_text
from tools.lock.python_settings import SETTINGS, named_python, with_python
from tools.lock.seals import format_lock
from tools.lock.solver import Solver, SolverError, Wish, exempt_moments, solve
from tools.lock.users import users
from tools.lock.uv_program import UvError, find_uv
from tools.workspace.bazel import Bazel
from tools.workspace.command import plain_parser
from tools.workspace.files import replace_file
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.names import normalise

COOLDOWN_DAYS = 7
MAP = "//tools/imports/distributions:update"
KEPT = f"{LOCK} is as it was."


class UpdateError(Exception):
    """The lock can't be written."""


def parse_arguments(argv: Sequence[str], now: datetime) -> Wish:
    """Return what is asked for."""
    parser = plain_parser("//:requirements.update", __doc__)
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
    return Wish(
        upgrade=options.upgrade,
        upgrade_packages=tuple(options.upgrade_package),
        no_cooldown=tuple(normalise(name) for name in options.no_cooldown),
        cooldown=timedelta(days=options.cooldown_days),
        now=now,
    )


def python_version(module: str) -> str:
    """Return the Python that MODULE.bazel asks for."""
    python = named_python(module)
    if not python:
        raise UpdateError(f'{MODULE}: found no Python, wanted PYTHON = "3.NN".')
    return python


def refuse_versions(pins: list[Pin], asked: list[Asked]) -> None:
    """Refuse a second version of a distribution, and one that has no place here."""
    problems = []
    for name in sorted({pin.name for pin in pins}):
        own = [pin for pin in pins if pin.name == name]
        versions = sorted({pin.version for pin in own})
        if len(versions) > 1:
            problems.append(
                f"{INPUTS}: {name} would have the versions {' and '.join(versions)}, "
                f"asked for by {', '.join(askers(own, asked))}.\n"
                "Fix: make those agree on one version for every platform."
            )
        if not all(pin.hashes for pin in own):
            problems.append(
                f"{LOCK}: the index gives no SHA-256, -384 or -512 for {name}.\n"
                "Fix: upload it to an index that does."
            )
    known = {pin.name for pin in pins}
    problems += [
        f"{INPUTS}:{it.line}: {it.text!r} holds nowhere that the lock is for: Linux "
        "and macOS, with our Python.\nFix: take the line out."
        for it in asked
        if it.name not in known
    ]
    if problems:
        raise UpdateError("\n".join(problems))


def askers(pins: list[Pin], asked: list[Asked]) -> list[str]:
    """Return who asks for a distribution: lines of requirements.in, and names."""
    lines = [f"{INPUTS}:{it.line}" for it in asked if it.name == pins[0].name]
    names = {it for pin in pins for it in pin.via if INPUTS not in it}
    return [*lines, *sorted(names)]


def refuse_loss(root: Path, old: list[Pin], new: list[Pin]) -> None:
    """Refuse to drop a distribution that something here still uses."""
    gone = {pin.name for pin in old} - {pin.name for pin in new}
    problems = [
        f"{name} would leave the lock, and is used:\n"
        + "".join(f"  {place}\n" for place in places)
        + f"Fix: take these out first, or keep {name} in {INPUTS}."
        for name, places in sorted(users(root, gone).items())
    ]
    if problems:
        raise UpdateError("\n".join(problems))


def refuse_cycles(module: str, pins: list[Pin]) -> None:
    """Refuse distributions that need each other, unless MODULE.bazel says so."""
    problems = [
        f"{LOCK}: {names} need each other.\nFix: {line}"
        for names, line in untold(pins, module)
    ]
    if problems:
        raise UpdateError("\n".join(problems))


def new_lock(root: Path, scratch: Path, wish: Wish, old: str) -> str:
    """Return the whole text of the new lock."""
    module = read_text(root / MODULE)
    python = python_version(module)
    asked = read_inputs(read_text(root / INPUTS))
    solver = Solver(find_uv(root, scratch), python, scratch, os.environ)
    body = solve(solver, asked, wish, old)
    pins = read_pins(body)
    refuse_versions(pins, asked)
    refuse_loss(root, read_pins(old), pins)
    refuse_cycles(module, pins)
    return format_lock(body, asked, python, exempt_moments(old, wish))


def update_settings(root: Path) -> None:
    """Have the tools' settings name the Python that the lock is for."""
    path, python = root / SETTINGS, python_version(read_text(root / MODULE))
    if path.exists():
        write(path, with_python(path.read_text(encoding="utf-8"), python))


def update_map(root: Path) -> None:
    """Have the map of modules to distributions written anew, from the new wheels."""
    if Bazel(root).show("run", MAP):
        raise UpdateError(
            f"{LOCK} is written, but {MAP} failed with the new distributions.\n"
            f"Fix: what it says above, then bazel run {MAP}"
        )


def changes(old: str, new: str) -> list[str]:
    """Return one line per distribution that came, went or changed its version."""
    before, after = latest(read_pins(old)), latest(read_pins(new))
    lines = []
    for name in sorted(before.keys() | after.keys()):
        was, now = (
            side[name].version if name in side else "-" for side in (before, after)
        )
        if was != now:
            lines.append(f"{name}: {was} -> {now}")
    return lines


def write(path: Path, text: str) -> None:
    """Replace a file as a whole, or not at all."""
    if path.is_file() and path.read_bytes() == text.encode():
        return
    try:
        replace_file(path, text)
    except OSError as error:
        raise UpdateError(
            f"{path.name}: can't be written: {error.strerror}.\n"
            "Fix: make the folder writable, then run the same command again."
        ) from None


def main(argv: Sequence[str] | None = None) -> int:
    """Write the lock of the workspace that `bazel run` was called in."""
    arguments = sys.argv[1:] if argv is None else argv
    wish = parse_arguments(arguments, datetime.now(UTC).replace(microsecond=0))
    root = workspace_folder()
    path = root / LOCK
    # A lock that is gone or empty is no wish for the newest of everything.
    old = next((text for text in lock_texts(root) if read_pins(text)), "")
    try:
        with tempfile.TemporaryDirectory() as scratch:
            new = new_lock(root, Path(scratch), wish, old)
        write(path, new)
    except (InputsError, SolverError, UpdateError, UvError, WorkspaceError) as error:
        print(f"{error}\n{KEPT}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"Stopped. {KEPT}", file=sys.stderr)
        return 130
    try:
        update_settings(root)
        update_map(root)
    except (UpdateError, WorkspaceError) as error:
        print(error, file=sys.stderr)
        return 1
    changed = changes(old, new)
    print("\n".join(changed) if changed else f"{LOCK}: no version changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
