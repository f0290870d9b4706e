"""Fits an unpacked root for its use: versions told, mount points made, the record written."""

import re
import shutil
from pathlib import Path

from tools.debian.root import recipe, record, trust

# The host's files and folders that a root shows in place of its own.
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
_CARRIED_FOLDERS = (
    "/etc/ssl/certs",
    "/etc/xdg",
    "/usr/local/share/ca-certificates",
)
# What building a root leaves behind that using it does not need.
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
    _write_facts(root, base, packages, version)
    _make_mount_points(root)
    carried = "".join(f"{path}\n" for path in (*_CARRIED_FILES, *_CARRIED_FOLDERS))
    (base / "carried.txt").write_text(carried, "utf-8")
    trust.write_trust_store(trust.HOST_BUNDLE, base / "cacerts")
    if version == recipe.BAZEL_VERSION:
        return []
    return [
        f"warning: Debian gives Bazel {version}; tools/debian was written for {recipe.BAZEL_VERSION}"
    ]


def bazel_version(packages: list[str]) -> str:
    """Return the upstream version of Bazel in a package record."""
    for line in packages:
        name, version = line.split()[:2]
        if name == "bazel-bootstrap":
            return re.sub(r"[^0-9.].*", "", version)
    raise LookupError("the package record names no bazel-bootstrap")


def _write_facts(root: Path, base: Path, packages: list[str], version: str) -> None:
    facts = root / "etc/monorepo"
    (facts / "registry").mkdir(parents=True)
    text = "".join(f"{line}\n" for line in packages)
    (base / "packages.txt").write_text(text, "utf-8")
    (facts / "packages.txt").write_text(text, "utf-8")
    (facts / "build-data.properties").write_text(f"build.label={version}\n", "utf-8")


def _make_mount_points(root: Path) -> None:
    for name in _CARRIED_FILES:
        path = root / name[1:]
        target = path.resolve() if path.is_symlink() else path
        content = target.read_bytes() if target.is_file() else b""
        _remove(path)
        path.write_bytes(content)
    for name in _CARRIED_FOLDERS:
        (root / name[1:]).mkdir(parents=True, exist_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
