"""Writes into requirements.in what a project asks for, and why."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.lock.check import places
from tools.lock.inputs import read_inputs
from tools.lock.manifests import Manifest

# These do for pytest what Bazel does here. Where options or marks of theirs are used they load, and
# are switched off.
OF_BAZEL = {
    "pytest-cov": (("--cov", "--no-cov", "no_cover"), "--no-cov"),
    "pytest-xdist": (("-n", "--dist", "xdist_group"), "-n0"),
}
# Names of extras, groups and files that say what tests need.
_TESTS = re.compile(r"dev|test")
_COMMENTED = re.compile(r"^# *([A-Za-z0-9][\w.-]*)", re.MULTILINE)


class Imports(NamedTuple):
    """The first parts of the modules that a project imports."""

    named: set[str]
    needed: set[str]
    """Those that it can't do without."""
    quoted: frozenset[str] = frozenset()
    """The words that its tests have in quotes: programs that they start."""


@dataclass(frozen=True)
class Demands:
    """What a project needs of PyPI."""

    runtime: Sequence[Requirement]
    tests: Sequence[Requirement]
    unnamed: Sequence[str] = ()
    """What the groups of its tests hold besides: no source names it."""

    @property
    def everything(self) -> list[Requirement]:
        """Both, each distribution once."""
        found: dict[str, Requirement] = {}
        for requirement in [*self.runtime, *self.tests]:
            name = canonicalize_name(requirement.name)
            found.setdefault(name, requirement).extras |= requirement.extras
        return [found[name] for name in sorted(found)]


def demanded(
    manifest: Manifest,
    imports: Imports,
    words: Sequence[str],
    own: Collection[Manifest],
) -> Demands:
    """Return what a project needs of PyPI to run and to be tested.

    Args:
        manifest: what it says of itself.
        imports: what its sources and tests import.
        words: the arguments for pytest in its settings, and the marks of its tests.
        own: what first-party projects say of themselves.
    """
    me = canonicalize_name(manifest.name)
    others = {canonicalize_name(other.name): other for other in own} | {me: manifest}
    of_extras = [
        r
        for asked in manifest.requirements
        for extra in asked.extras
        if (other := others.get(canonicalize_name(asked.name)))
        for r in other.extras.get(extra, [])
    ]
    runtime = [
        Requirement(_plain(r, r))
        for r in [*manifest.requirements, *of_extras]
        if _holds(r) and canonicalize_name(r.name) not in others
    ]
    groups = {**manifest.extras, **manifest.groups}
    of_tests = {name for name in groups if _TESTS.search(name)}
    # A group may ask for the project with an extra, and so may another project.
    asking = [r for group in of_tests for r in groups[group]]
    asking += [r for other in own for r in other.requirements]
    of_tests |= {
        extra for r in asking if canonicalize_name(r.name) == me for extra in r.extras
    }
    tests: dict[str, Requirement] = {}
    of_groups = set()
    for group, listed in groups.items():
        is_tests = group in of_tests
        modules = imports.named | imports.quoted if is_tests else imports.needed
        stems = {module.lower() for module in modules}
        # Its name may say what that of the distribution doesn't: bs4 has beautifulsoup4.
        is_named = group in manifest.extras and not is_tests and group in imports.named
        for requirement in filter(_holds, listed):
            name = canonicalize_name(requirement.name)
            is_loaded = is_named or (is_tests and name.startswith("pytest-"))
            if name in OF_BAZEL:
                is_loaded = bool(switches([name], words))
            if name not in others and (is_loaded or stems & _modules(requirement.name)):
                tests.setdefault(name, Requirement(_plain(requirement)))
            if is_tests and name not in {*others, *OF_BAZEL, "pytest"}:
                of_groups.add(str(name))
    names = {canonicalize_name(r.name) for r in runtime}
    asked = [tests[name] for name in sorted(tests.keys() - names)]
    return Demands(runtime, asked, sorted(of_groups - tests.keys() - names))


def _holds(requirement: Requirement) -> bool:
    """Return whether a requirement holds anywhere that the lock is for."""
    return bool(places(requirement.marker))


def _plain(requirement: Requirement, bounds: Requirement | None = None) -> str:
    """Return a requirement without its marker, and without its bounds but for those given."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{requirement.name}{extras}{bounds.specifier if bounds else ''}"


def _modules(name: str) -> set[str]:
    """Return the names that the module of a distribution may have."""
    stem = canonicalize_name(name).replace("-", "_")
    # One with a dot is a part of a package that several share.
    shared = set(name.lower().split(".")[:-1][:1])
    return {stem, stem.removeprefix("py"), stem.removeprefix("python_"), *shared}


def switches(names: Iterable[str], words: Sequence[str]) -> list[str]:
    """Return the arguments that switch off what Bazel does itself."""
    return [
        OF_BAZEL[name][1]
        for name in names
        if name in OF_BAZEL
        and any(word.startswith(OF_BAZEL[name][0]) for word in words)
    ]


def left_out(text: str) -> set[str]:
    """Return the names that are commented out in requirements.in: somebody's decision."""
    commented = {str(canonicalize_name(name)) for name in _COMMENTED.findall(text)}
    return commented - {asked.name for asked in read_inputs(text)}


def with_demands(text: str, folder: str, demands: Iterable[Requirement]) -> str:
    """Return requirements.in with what a project asks for and nobody else does."""
    known = {asked.name for asked in read_inputs(text)} | left_out(text)
    new = [d for d in demands if canonicalize_name(d.name) not in known]
    lines = [f"{demand!s:<40} # {folder} asks for it\n" for demand in new]
    return f"{text.rstrip()}\n\n# {folder}\n{''.join(lines)}" if lines else text
