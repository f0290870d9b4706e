"""Reads what packages this machine's root is made of, and which files of them an image needs.

An image needs the shared libraries that the interpreter depends on, those that compiled wheels may
count on, certificates, time zones and the name of the system; no program and no shell.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# Whose dependencies are the interpreter's shared libraries.
_INTERPRETER = re.compile(r"(libpython3\.\d+-(stdlib|minimal)|python3\.\d+-minimal)")

# What compiled wheels may count on besides libc (PEP 600), and what is no library.
_ALWAYS = ("libgcc-s1", "libstdc++6", "base-files", "ca-certificates", "tzdata")

_LIBRARY = re.compile(r"/usr/lib/[^/]+-linux-gnu[^/]*/[^/]+\.so(\.[^/]*)?")
_LOADER = re.compile(r"/usr/lib(64)?/ld-linux[^/]*\.so\.\d+")
_OTHERS = re.compile(
    r"/usr/lib/os-release|/usr/share/zoneinfo/(?!right/|posix/).+|/usr/share/doc/[^/]+/copyright"
)


@dataclass(frozen=True)
class Package:
    """An installed package: its paragraph of dpkg's status file."""

    paragraph: str

    @cached_property
    def fields(self) -> dict[str, str]:
        """Return the fields that stand on one line."""
        return dict(re.findall(r"^(\S+):[ \t]+(.*)$", self.paragraph, re.MULTILINE))

    @property
    def name(self) -> str:
        """Return the package's name."""
        return self.fields["Package"]

    def dependencies(self) -> Iterator[str]:
        """Yield the name of each package that this one may depend on."""
        for key in ("Pre-Depends", "Depends"):
            for alternative in re.split(r"[,|]", self.fields.get(key, "")):
                if alternative.strip():
                    yield re.split(r"[\s(:]", alternative.strip())[0]


@dataclass(frozen=True)
class Root:
    """A Debian root and the packages in it."""

    path: Path

    @cached_property
    def packages(self) -> dict[str, Package]:
        """Return the installed packages by name."""
        status = (self.path / "var/lib/dpkg/status").read_text("utf-8")
        found = [Package(text.strip()) for text in status.split("\n\n") if text.strip()]
        return {
            package.name: package
            for package in found
            if package.fields["Status"].endswith(" installed")
        }

    def files(self, package: Package) -> list[str]:
        """Return the files of a package that an image needs, sorted."""
        info = self.path / "var/lib/dpkg/info"
        named = f"{package.name}:{package.fields['Architecture']}.list"
        listing = info / named
        if not listing.exists():
            listing = info / f"{package.name}.list"
        patterns = (_LIBRARY, _LOADER, _OTHERS)
        return sorted(
            path
            for path in listing.read_text("utf-8").splitlines()
            if any(pattern.fullmatch(path) for pattern in patterns)
            and ((found := self.path / path[1:]).is_symlink() or found.is_file())
        )

    def _has_library(self, package: Package) -> bool:
        return any(not path.startswith("/usr/share/") for path in self.files(package))

    def needed(self) -> list[Package]:
        """Return the packages that an image needs something of, sorted by name."""
        found = {name: self.packages[name] for name in _ALWAYS}
        waiting = [
            it for name, it in self.packages.items() if _INTERPRETER.fullmatch(name)
        ]
        waiting += found.values()
        seen = {package.name for package in waiting}
        while waiting:
            for name in waiting.pop().dependencies():
                package = self.packages.get(name)
                if package is None or name in seen:
                    continue
                seen.add(name)
                if self._has_library(package):
                    found[name] = package
                    waiting.append(package)
        return [found[name] for name in sorted(found)]
