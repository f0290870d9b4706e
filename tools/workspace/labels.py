"""Labels in one absolute form, and the packages and projects that they lie in."""

import posixpath
from collections.abc import Container

from tools.workspace.names import label_name


def pip_label(distribution: str) -> str:
    """Return the label of a locked distribution."""
    return "@pip//" + label_name(distribution)


def absolute_label(text: str, package: str) -> str:
    """Return a label in its shortest absolute form: `//libs/x`, `//libs/x:train`.

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


def relative_label(label: str, package: str) -> str:
    """Return an absolute label as a target of the package writes it."""
    folder, name = split_label(label)
    return label if label[0] == "@" or folder != package else f":{name}"


def split_label(label: str) -> tuple[str, str]:
    """Return the package and the name of an absolute label of this repository."""
    package, colon, name = label.removeprefix("//").partition(":")
    return package, name if colon else package.rpartition("/")[2]


def package_of(label: str) -> str:
    """Return the package of an absolute label: `libs/x` of `//libs/x:train`."""
    return label.removeprefix("//").partition(":")[0]


def package_around(path: str, packages: Container[str]) -> str | None:
    """Return the innermost of the packages that a path lies in, or None."""
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        if folder in packages:
            return folder
    return None


def project_of(package: str) -> str:
    """Return the project that a package belongs to: `libs/x` of `libs/x/tests`."""
    return "/".join(package.split("/")[:2])


def is_below(label: str, folder: str) -> bool:
    """Return whether a label is `//libs/x` or `@pip//numpy`, in it or below it."""
    return label == folder or label.startswith((f"{folder}:", f"{folder}/"))


def path_of(label: str) -> str:
    """Return the path from the root of the file that an absolute label may be."""
    package, name = split_label(label)
    return f"{package}/{name}".lstrip("/")


def import_root(package: str, folder: str) -> str:
    """Return the folder that an entry of `imports` puts on the import path."""
    root = posixpath.normpath(posixpath.join(package, folder))
    return "" if root == "." else root


def hidden_folders(bazelignore: str) -> list[str]:
    """Return the folders that a .bazelignore names: Bazel sees no package there."""
    lines = (line.strip() for line in bazelignore.splitlines())
    return [line.rstrip("/") for line in lines if line and not line.startswith("#")]
