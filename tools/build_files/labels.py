"""Labels as BUILD files write them, in one absolute form."""

import posixpath
import re


def pip_label(distribution: str) -> str:
    """Return the label of a locked distribution."""
    return "@pip//" + re.sub(r"[-_.]+", "_", distribution).lower()


def absolute_label(text: str, package: str) -> str:
    """Return a label in its shortest absolute form: `//libs/ml`, `//libs/ml:train`.

    The library of a distribution has two names, `@pip//numpy` and `@pip//numpy:pkg`.
    """
    if text.startswith(("@@//", "@//")):
        text = text.lstrip("@")
    if text.startswith(":"):
        text = f"//{package}{text}"
    elif not text.startswith(("//", "@")):
        text = f"//{package}:{text}"
    folder, colon, name = text.partition(":")
    if not colon or folder.rpartition("/")[2] == name:
        return folder
    return folder if text.startswith("@pip//") and name == "pkg" else text


def split_label(label: str) -> tuple[str, str]:
    """Return the package and the name of an absolute label of this repository."""
    package, colon, name = label.removeprefix("//").partition(":")
    return package, name if colon else package.rpartition("/")[2]


def path_of(label: str) -> str:
    """Return the path from the root of the file that an absolute label may be."""
    package, name = split_label(label)
    return f"{package}/{name}".lstrip("/")


def import_root(package: str, folder: str) -> str:
    """Return the folder that an entry of `imports` puts on the import path."""
    root = posixpath.normpath(posixpath.join(package, folder))
    return "" if root == "." else root
