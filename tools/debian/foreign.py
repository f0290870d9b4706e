"""Unpacks packages of another architecture beside the root, for images of it; none is installed.

Invoked by repository rules, inside the root, as: /usr/bin/python3 -B foreign.py ARCHITECTURE
Prints the folder: it has what of a root the interpreter and base images are made of, and dpkg's
record of that. The first call makes it, once for each root; it appears when all in it is done.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

STATUS = Path("/var/lib/dpkg/status")

# What is unpacked, with all that it depends on: the interpreter, what compiled wheels may count on besides libc
# (PEP 600), and what is no library.
_INTERPRETER = ("libpython{0}-stdlib", "python{0}-minimal")
_ALWAYS = ("base-files", "ca-certificates", "libgcc-s1", "libstdc++6", "tzdata")


class ForeignError(Exception):
    """Packages that can't be had; its text is for the user."""


def source_version(status: str, package: str) -> str:
    """Return an installed package's version, without the number of a rebuild, which each architecture counts alone."""
    for paragraph in status.split("\n\n"):
        lines = paragraph.splitlines()
        if f"Package: {package}" in lines:
            (version,) = (line for line in lines if line.startswith("Version: "))
            return version.removeprefix("Version: ").partition("+b")[0]
    raise ForeignError(f"the root has no package {package}.")


def wanted(status: str, python: str) -> list[str]:
    """Return what apt is asked for: the interpreter in the root's own version, all else as the mirror has it."""
    names = [name.format(python) for name in _INTERPRETER]
    return [*(f"{name}={source_version(status, name)}*" for name in names), *_ALWAYS]


def apt(folder: Path, architecture: str, *arguments: str) -> None:
    """Run apt-get on a folder of its own, in which nothing is installed.

    Raises:
      ForeignError: with the last words of apt.
    """
    settings = {
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Dir::Cache": folder / "cache",
        "Dir::State": folder / "state",
        "Dir::State::status": folder / "status",
    }
    options = [word for name, it in settings.items() for word in ("-o", f"{name}={it}")]
    done = subprocess.run(
        ["apt-get", "--quiet=2", *options, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ForeignError("\n".join(done.stderr.splitlines()[-6:]))


def download(folder: Path, architecture: str, packages: Sequence[str]) -> list[Path]:
    """Download packages and what they depend on; return their archives, sorted."""
    for name in ("cache/archives/partial", "state/lists/partial"):
        (folder / name).mkdir(parents=True)
    (folder / "status").touch()
    apt(folder, architecture, "update")
    install = ("install", "--download-only", "--yes", "--no-install-recommends")
    apt(folder, architecture, *install, *packages)
    return sorted((folder / "cache/archives").glob("*.deb"))


def unpack(archive: Path, root: Path) -> Iterator[str]:
    """Unpack a package; yield the path of each of its files and folders."""
    command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as process,
        tarfile.open(fileobj=process.stdout, mode="r|") as tar,
    ):
        for member in tar:
            tar.extract(member, root, filter="tar")
            yield f"/{member.name.removeprefix('.').strip('/')}"
    if process.returncode:
        raise ForeignError(f"{archive.name} can't be unpacked.")


def add(archive: Path, root: Path) -> str:
    """Unpack a package, and note its files as dpkg does; return its paragraph of dpkg's status."""
    control = ["dpkg-deb", "--field", str(archive)]
    done = subprocess.run(control, capture_output=True, text=True, check=True)
    first, _, rest = done.stdout.strip().partition("\n")
    listing = root / "var/lib/dpkg/info" / f"{first.removeprefix('Package: ')}.list"
    listing.write_text("".join(f"{path}\n" for path in unpack(archive, root)))
    return f"{first}\nStatus: install ok installed\n{rest}\n"


def make(root: Path, architecture: str) -> None:
    """Make the folder."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = wanted(STATUS.read_text("utf-8"), python)
    archives = download(root / "apt", architecture, packages)
    (root / "var/lib/dpkg/info").mkdir(parents=True)
    paragraphs = [add(archive, root) for archive in archives]
    (root / "var/lib/dpkg/status").write_text("\n".join(paragraphs), "utf-8")
    shutil.rmtree(root / "apt")


def prepared(base: Path, architecture: str) -> Path:
    """Return the folder of an architecture beside a root; make it where there is none."""
    folder = base / architecture
    with (base / f"{architecture}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            unfinished = base / f"{architecture}.tmp"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished, architecture)
            unfinished.rename(folder)
    return folder


def main(argv: Sequence[str] | None = None) -> int:
    """Print where the packages of an architecture lie."""
    (architecture,) = sys.argv[1:] if argv is None else argv
    base = Path(os.environ["MONOREPO_DEBIAN_ROOT"])
    try:
        print(prepared(base, architecture))
    except ForeignError as error:
        print(
            f"the Debian mirror doesn't give the packages of images for {architecture}: {error}\n"
            f"Fix: make `apt-get update` work here; where the mirror has moved on, remove {base}, and the next call "
            "makes a root of today's packages; where it has none for that architecture, leave it out of "
            "IMAGE_PLATFORMS in settings.bzl, and out of what tests name.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
