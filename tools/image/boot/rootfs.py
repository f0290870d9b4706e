"""Unpacks an image into a folder, as a container runtime does."""

import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from tools.image.oci.layout import Image, archive

# A file of this prefix takes away what a lower layer put under the rest of its name.
WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"

# What runtimes mount, and so must be there even where a base leaves it out.
MOUNT_POINTS = ("dev", "proc", "sys", "tmp", "run")


class UnpackError(Exception):
    """An archive that can't be unpacked safely; its text is for the user."""


def unpack(image: Image, root: Path, check: Callable[[], None] = lambda: None) -> None:
    """Unpack the layers of an image, lowest first.

    Args:
      image: the image.
      root: the folder that it is unpacked in.
      check: called between any two members of a layer; what it raises ends the unpacking.
    """
    root.mkdir(parents=True, exist_ok=True)
    for layer in image.layers:
        with archive(image.layer_file(layer)) as tar:
            for member in tar:
                check()
                _extract(tar, member, root)
    for name in MOUNT_POINTS:
        (root / name).mkdir(exist_ok=True)


def _target(member: tarfile.TarInfo, root: Path) -> Path:
    """Return where a member goes; links of the image must not lead out of the folder."""
    path = root / member.name.strip("/")
    parent = path.parent.resolve()
    if ".." in path.parts or not parent.is_relative_to(root.resolve()):
        raise UnpackError(
            f"{member.name} would be unpacked outside {root}.\n"
            "Fix: don't use this base image; its archive has a path that leads out of it."
        )
    return parent / path.name


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _whiteout(target: Path) -> bool:
    """Take away what a whiteout names; return whether the member was one."""
    if target.name == OPAQUE:
        for entry in target.parent.iterdir():
            _remove(entry)
        return True
    if target.name.startswith(WHITEOUT):
        _remove(target.with_name(target.name.removeprefix(WHITEOUT)))
        return True
    return False


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, root: Path) -> None:
    if member.name.strip("/.") == "":
        return
    target = _target(member, root)
    if _whiteout(target):
        return
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(member.mode)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove(target)
    if member.issym():
        target.symlink_to(member.linkname)
    elif member.islnk():
        target.hardlink_to(root / member.linkname)
    elif content := tar.extractfile(member):
        with target.open("wb") as output:
            shutil.copyfileobj(content, output, 1 << 20)
        target.chmod(member.mode)


def resolve(root: Path, path: str) -> Path | None:
    """Return the file at a path of an unpacked image, its links followed inside the image."""
    done = PurePosixPath("/")
    parts = [part for part in PurePosixPath(path).parts if part != "/"]
    for _ in range(200):
        if not parts:
            return root / str(done).lstrip("/")
        part = parts.pop(0)
        if part == "..":
            done = done.parent
            continue
        inside = root / str(done / part).lstrip("/")
        if inside.is_symlink():
            target = PurePosixPath(str(inside.readlink()))
            parts = [name for name in target.parts if name != "/"] + parts
            done = PurePosixPath("/") if target.is_absolute() else done
        elif inside.exists():
            done /= part
        else:
            return None
    return None


def find_program(root: Path, word: str, path: str, folder: str = "/") -> Path | None:
    """Return the file that a command's first word starts in an unpacked image.

    Args:
      root: the folder that the image is unpacked in.
      word: an absolute path, a path from a folder, or a bare name.
      path: the image's PATH, along which a bare name is looked up.
      folder: the folder that the command starts in.
    """
    folders = [folder] if "/" in word else [place for place in path.split(":") if place]
    files = (
        resolve(root, f"{PurePosixPath(place, word)}") for place in folders if word
    )
    programs = (
        file
        for file in files
        if file and file.is_file() and file.stat().st_mode & 0o111
    )
    return next(programs, None)
