"""Has uv solve requirements.in, and explains why it couldn't."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tools.lock.inputs import INPUTS, Asked
from tools.lock.pins import LOCK, latest, read_pins
from tools.lock.pip_settings import (
    hide_passwords,
    index_options,
    undated_folders,
    uv_environment,
)

# The systems that the lock is made for: images and tests, and the editors of people.
SYSTEMS = ("darwin", "linux")
_INDEXES = ("UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
# More than uv's 64 bits hold.
_TOO_LONG = re.compile(r"\d{19}")
# https://packaging.python.org/en/latest/specifications/version-specifiers/
_VERSION = re.compile(
    r"v?(\d+!)?\d+(\.\d+)*([-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?\d*)?"
    r"(-\d+|[-_.]?(post|rev|r)[-_.]?\d*)?([-_.]?dev[-_.]?\d*)?"
    r"(\+[a-z0-9]+([-_.][a-z0-9]+)*)?",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"^hint: An index.*\b(40[13] (?:Unauthorized|Forbidden))", re.M)


class SolverError(Exception):
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


@dataclass(frozen=True)
class Solver:
    """uv, what it solves, and where it may write."""

    uv: Path
    python: str
    scratch: Path
    environ: Mapping[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a call without cooldown."""
        return uv_environment(self.environ, Path.home(), dated=False)


def exempt_moments(lock: str, wish: Wish) -> dict[str, datetime]:
    """Return what is taken younger than the rest: asked for now, or still too young."""
    kept = {
        pin.name: pin.young_until
        for pin in read_pins(lock)
        if pin.young_until and pin.young_until > wish.newest
    }
    return kept | dict.fromkeys(wish.no_cooldown, wish.now)


def _conjuncts(python: str) -> list[list[str]]:
    major, minor = python.split(".")
    before = f"python_full_version < '{major}.{int(minor) + 1}'"
    return [[before, f"sys_platform == '{system}'"] for system in SYSTEMS]


def environment_marker(python: str) -> str:
    """Return the marker of what is solved for.

    Without it uv would solve for every later Python too, by a second version if need be.
    """
    return " or ".join(f"({' and '.join(both)})" for both in _conjuncts(python))


def simplify(body: str, python: str) -> str:
    """Return the solver's text without what holds wherever the lock is used.

    uv repeats the marker of the environment in each entry's own.
    """

    def shorter(found: re.Match[str]) -> str:
        sides = [
            side.removeprefix("(").removesuffix(")").split(" and ")
            for side in found[1].split(" or ")
        ]
        rests = {
            tuple(part for part in side if part not in known)
            for side, known in zip(sides, _conjuncts(python), strict=False)
            if set(known) <= set(side)
        }
        if len(sides) != len(SYSTEMS) or len(rests) != 1:
            return found[0]
        rest = " and ".join(*rests)
        return f" ; {rest}" if rest else ""

    return re.sub(r" ; (.*?)(?= \\$|$)", shorter, body, flags=re.MULTILINE)


def solver_arguments(
    python: str, wish: Wish, exempt: Mapping[str, datetime]
) -> list[str]:
    """Return uv's arguments, all but the files."""
    arguments = ["pip", "compile", "--universal", "--generate-hashes"]
    arguments += ["--no-strip-extras", "--no-header", "--only-binary=:all:"]
    arguments += [f"--python-version={python}", f"--python={sys.executable}"]
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
    """Return the pins of the present lock, without hashes: uv would believe those.

    Of a lock that isn't whole they may be no versions, at which uv would stop.
    """
    return "".join(
        f"{pin.name}=={pin.version}\n"
        for pin in latest(read_pins(lock)).values()
        if _VERSION.fullmatch(pin.version) and not _TOO_LONG.search(pin.version)
    )


def refused(solver: Solver, name: str) -> Iterator[str]:
    """Yield the indexes that refuse our credentials, each with its answer.

    uv passes over these where several indexes are asked, and takes what another one has
    by the same name, or says that there is no such distribution.
    """
    own = {k: v for k, v in solver.environment.items() if k not in _INDEXES}
    for variable in _INDEXES:
        for address in solver.environment.get(variable, "").split():
            if "://" not in address or address.startswith("file:"):
                continue
            asked = own | {
                "UV_DEFAULT_INDEX": address,
                "UV_INDEX_STRATEGY": "first-index",
            }
            arguments = ["pip", "compile", "--no-deps", "--only-binary=:all:", "-"]
            done = subprocess.run(
                [solver.uv, *arguments, f"--python={sys.executable}"],
                cwd=solver.scratch,
                env=asked,
                input=f"{name}\n",
                capture_output=True,
                text=True,
                check=False,
            )
            if found := _REFUSED.search(done.stderr):
                yield f"{hide_passwords(address)} answers {found[1]}"


def refusal(answers: Iterable[str]) -> str:
    """Return one message for indexes that refuse our credentials."""
    lines = [
        f"{answer}: it doesn't take our user name and password." for answer in answers
    ]
    fix = "Fix: correct them where pip finds them: its addresses (pip config list), ~/.netrc."
    return "\n".join([*lines, fix])


def explain(stderr: str, wish: Wish) -> str:
    """Return why uv failed, in one message."""
    stderr = hide_passwords(re.sub(r"(?m) for split \(markers: .*\)$", "", stderr))
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
    if re.search(r"Failed to fetch|Request failed|Could not connect", stderr):
        return (
            f"{INPUTS}: uv could not reach the index.\n{said}"
            "Fix: check the network and pip's configuration (pip config list), then "
            "run the same command again."
        )
    unbuilt = re.search(r"Wheels are required for `([^`]+)`", stderr)
    wheel = (
        f"Fix: build a wheel of {unbuilt[1]}, once, into a folder that everyone has (pip wheel --no-deps -w wheels "
        f"{unbuilt[1]}; PIP_FIND_LINKS=wheels bazel run //:requirements.update).\n"
        if unbuilt
        else ""
    )
    return (
        f"{INPUTS}: uv found no solution.\n{said}{wheel}"
        "Fix: change the requirement that it names; a release younger than "
        f"{wish.cooldown.days} days is only taken with -- --no-cooldown NAME."
    )


def solve(solver: Solver, asked: list[Asked], wish: Wish, lock: str) -> str:
    """Return uv's text of the new lock."""
    answers = list(refused(solver, asked[0].name)) if asked else []
    if any("401" in answer for answer in answers):
        raise SolverError(refusal(answers))
    for folder in undated_folders(solver.environ, Path.home()) if wish.cooldown else ():
        print(f"Left out, as a folder dates no release: {folder}", file=sys.stderr)
    scratch, marker = solver.scratch, environment_marker(solver.python)
    settings = f'[tool.uv]\nenvironments = ["{marker}"]\n'
    (scratch / "pyproject.toml").write_text(settings, encoding="utf-8")
    lines = {it.line: it.text for it in asked}
    text = "".join(lines.get(n, "") + "\n" for n in range(1, max(lines, default=0) + 1))
    (scratch / INPUTS).write_text(text, encoding="utf-8")
    (scratch / LOCK).write_text(preferences(lock), encoding="utf-8")
    arguments = solver_arguments(solver.python, wish, exempt_moments(lock, wish))
    arguments += index_options(solver.environ, Path.home())
    done = subprocess.run(
        [solver.uv, *arguments, f"--output-file={LOCK}", INPUTS],
        cwd=scratch,
        env=uv_environment(solver.environ, Path.home(), dated=bool(wish.cooldown)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        # Some indexes answer 403 for what they just don't have.
        raise SolverError(refusal(answers) if answers else explain(done.stderr, wish))
    return simplify((scratch / LOCK).read_text(encoding="utf-8"), solver.python)
