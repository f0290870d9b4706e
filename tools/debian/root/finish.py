"""Fits an unpacked root for its use: version, mount points, package record."""

import os
import re
import shutil
from pathlib import Path

from tools.debian.root import recipe, record, trust

# What a root shows of the host's in place of its own, where the host has it.
_CARRIED_FILES = (
    "/etc/group",
    "/etc/gitconfig",
    "/etc/hosts",
    "/etc/localtime",
    "/etc/npmrc",
    "/etc/passwd",
    "/etc/pip.conf",
    "/etc/resolv.conf",
)
_CARRIED_FOLDERS = ("/etc/xdg", "/usr/local/share/ca-certificates")
# What using a root does not need. Debian's own bazelrc would be read by each call.
_LEFTOVERS = (
    "etc/apt/auth.conf",
    "etc/apt/auth.conf.d",
    "etc/bazel",
    "etc/bazel.bazelrc",
    "var/cache",
    "var/lib/apt",
    "var/log",
)


def finish(base: Path) -> list[str]:
    """Fit the root in `base`, and return warnings for the person who waits."""
    root = base / "root"
    packages = record.read_record(root)
    version = bazel_version(packages)
    for leftover in _LEFTOVERS:
        _remove(root / leftover)
    _write_facts(base, packages, version)
    make_mount_points(root)
    write_trust_store(base)
    # Power may fail after the rename: then what was renamed must be whole.
    os.sync()
    if version == recipe.BAZEL_VERSION:
        return []
    return [
        f"warning: Debian gives Bazel {version}, and tools/debian was written for"
        f" {recipe.BAZEL_VERSION}"
    ]


def bazel_version(packages: list[str]) -> str:
    """Return the upstream version of Bazel in a package record."""
    for line in packages:
        name, version = line.split()[:2]
        if name == "bazel-bootstrap":
            return re.sub(r"[^0-9.].*", "", version)
    raise LookupError("the package record names no bazel-bootstrap")


def make_mount_points(root: Path) -> None:
    """Make each carried path one that can be mounted over, keeping what it says."""
    for name in _CARRIED_FILES:
        path = root / name[1:]
        content = _content(root, path)
        _remove(path)
        path.write_bytes(content)
    for name in _CARRIED_FOLDERS:
        (root / name[1:]).mkdir(parents=True, exist_ok=True)


def write_trust_store(base: Path) -> None:
    """Write the Java trust store of the host's authorities, or else the root's."""
    own = base / "root" / trust.HOST_BUNDLE.relative_to("/")
    bundle = trust.HOST_BUNDLE if trust.HOST_BUNDLE.exists() else own
    trust.write_trust_store(bundle, base / "cacerts")


def _write_facts(base: Path, packages: list[str], version: str) -> None:
    facts = base / "root/etc/monorepo"
    (facts / "registry").mkdir(parents=True)
    text = "".join(f"{line}\n" for line in packages)
    (base / "packages.txt").write_text(text, "utf-8")
    (facts / "packages.txt").write_text(text, "utf-8")
    # Debian's Bazel does not know its version: this, on its class path, tells it.
    properties = f"build.label={version}\n"
    (facts / "build-data.properties").write_text(properties, "utf-8")
    carried = "".join(f"{path}\n" for path in (*_CARRIED_FILES, *_CARRIED_FOLDERS))
    (base / "carried.txt").write_text(carried, "utf-8")


def _content(root: Path, path: Path) -> bytes:
    """Return the bytes of a root's file; its links mean the root, not the host."""
    if path.is_symlink():
        path = root / os.path.join(path.parent, path.readlink()).removeprefix(
            str(root)
        ).lstrip("/")
    return path.read_bytes() if path.is_file() and not path.is_symlink() else b""


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
