"""Compares an image with the runfiles of its program, which are what its tests ran on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tools.image.boot.rootfs import find_program
from tools.image.conformance.checks import APP, Unpacked

_MISSING_FIX = "Fix: give it another name or folder: *.pyc and __pycache__ are made anew for an image."
# What asks for the interpreter of a script at the start of its file.
_SHEBANG = b"#!"


@dataclass(frozen=True)
class Runfiles:
    """The runfiles of a program, as Bazel lists them: by their place in an image."""

    places: frozenset[str]
    modules: Sequence[str]

    @classmethod
    def read(cls, listing: bytes) -> Runfiles:
        """Return what a listing says; `program_layers` describes its lines."""
        kinds: dict[str, list[str]] = {}
        for line in listing.splitlines():
            kind, _, path = _text(line).partition("\t")
            kinds.setdefault(kind, []).append(path)
        apart = tuple(f"../{name}/" for name in kinds.get("apart", []))
        held = set(kinds.get("held", []))
        files = [
            path
            for path in kinds.get("file", [])
            if path not in held and not path.startswith(apart)
        ]
        roots = [f"../{path}" for path in kinds.get("root", [])]
        return cls(
            frozenset(_place(path) for path in [*files, *roots]),
            sorted(path for path in kinds.get("module", []) if _is_module(path)),
        )


def _text(line: bytes) -> str:
    """Return a line; Bazel writes names that it found itself in Latin-1 where it knows no better."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _place(path: str) -> str:
    inside = path.removeprefix("../_main/")
    return inside.removeprefix("../") if inside.startswith("../") else APP + inside


def _is_module(path: str) -> bool:
    """Return whether a file can be imported, and does nothing but that."""
    file = PurePosixPath(path)
    names = [*file.parts[:-1], file.stem]
    return (
        file.suffix == ".py"
        and file.stem != "__main__"
        and all(name.isidentifier() for name in names)
    )


def missing(unpacked: Unpacked, runfiles: Runfiles) -> list[str]:
    """Return the runfiles that the image lacks: stubs alone are left out on purpose."""
    return [
        f"/{place} is missing, which the program has when Bazel runs it\n{_MISSING_FIX}"
        for place in sorted(runfiles.places)
        if not place.endswith(".pyi") and not (unpacked.root / place).exists()
    ]


def unexpected(unpacked: Unpacked, runfiles: Runfiles) -> list[str]:
    """Return the first-party files that the program doesn't have when Bazel runs it."""
    return [
        f"/{path} is in the image, and no runfile of the program"
        for path in unpacked.files
        if path.startswith(APP)
        and "__pycache__" not in path
        and not runfiles.places.intersection(_with_folders(path))
    ]


def _with_folders(path: str) -> list[str]:
    return [path, *(folder.as_posix() for folder in PurePosixPath(path).parents)]


def scripts(unpacked: Unpacked, unchecked: Mapping[str, str]) -> list[str]:
    """Return the first-party scripts that can't start in the image."""
    problems = []
    for path in unpacked.files:
        inside = path.removeprefix(APP)
        if inside == path or inside in unchecked:
            continue
        first = unpacked.read(path).partition(b"\n")[0]
        words = first.removeprefix(_SHEBANG).decode("utf-8", "replace").split()
        if not first.startswith(_SHEBANG) or not words:
            continue
        if find_program(unpacked.root, words[0], "") is None:
            problems.append(
                f"/{path} is a script for {words[0]}, which the image lacks\n"
                f'Fix: write it in Python, as a py_binary; or unchecked = {{"{inside}": "WHY"}} in py_image'
            )
    return problems


def unknown(names: Mapping[str, str], root: Path) -> list[str]:
    """Return what is wrong with the exceptions that `py_image` names."""
    return [
        f'unchecked names "{name}", which is '
        + ("excepted for no reason" if not reason.strip() else "no file of the image")
        for name, reason in sorted(names.items())
        if not reason.strip()
        or (name != "entrypoint" and not (root / APP / name).is_file())
    ]
