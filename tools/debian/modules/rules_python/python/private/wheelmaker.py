"""Writes a wheel: https://packaging.python.org/en/latest/specifications/binary-distribution-format.

Standard library only: it runs in actions, before any distribution is there.
"""

import argparse
import base64
import hashlib
import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

# The earliest that zip knows: a wheel's bytes don't depend on when it was built.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100777 << 16
# https://packaging.python.org/en/latest/specifications/version-specifiers: the one spelling of a version.
_VERSION = re.compile(
    r"(\d+!)?\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?(\+[a-z0-9]+(\.[a-z0-9]+)*)?"
)
_WHEEL = """\
Wheel-Version: 1.0
Generator: bazel-wheelmaker 1.0
Root-Is-Purelib: true
Tag: {tag}
"""


class Wheel:
    """A wheel that is being written, and its record."""

    def __init__(self, archive: zipfile.ZipFile, info: str) -> None:
        self.archive = archive
        self.info = info
        self.rows: list[str] = []

    def add(self, name: str, content: bytes) -> None:
        """Add a file."""
        entry = zipfile.ZipInfo(name, _TIME)
        entry.create_system = 3
        entry.external_attr = _MODE
        entry.compress_type = zipfile.ZIP_DEFLATED
        self.archive.writestr(entry, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
        quoted = f'"{name}"' if "," in name else name
        text = digest.rstrip(b"=").decode()
        self.rows.append(f"{quoted},sha256={text},{len(content)}\n")

    def add_record(self) -> None:
        """Add the list of all files."""
        name = f"{self.info}/RECORD"
        self.add(name, ("".join(self.rows) + f"{name},,\n").encode())


def requirement_lines(extra: str, text: str) -> Iterator[str]:
    """Yield what METADATA says of a list of requirements.

    Args:
        extra: what the requirements are of; empty for the distribution itself.
        text: the list, with comments and options as pip reads them.
    """
    if extra:
        yield f"Provides-Extra: {extra}\n"
    for line in text.splitlines():
        wanted, _, marker = line.partition("#")[0].strip().partition(";")
        if not wanted or wanted.startswith("-"):
            continue
        markers = [f"({marker.strip()})"] if marker and extra else [marker.strip()]
        markers += [f"extra == '{extra}'"] if extra else []
        condition = " and ".join(filter(None, markers))
        yield f"Requires-Dist: {wanted.strip()}{'; ' if condition else ''}{condition}\n"


def stripped(path: str, prefixes: Sequence[str]) -> str:
    """Return a path without the first prefix that it has."""
    found = (path.removeprefix(p) for p in prefixes if path.startswith(p))
    return next(found, path)


def files(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """Yield a file, or those of a folder, each with its name in the wheel."""
    if not folder.is_dir():
        yield name, folder
        return
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield f"{name}/{file.relative_to(folder).as_posix()}", file


def metadata(options: argparse.Namespace) -> str:
    """Return what METADATA says."""
    text = options.metadata_file.read_text("utf-8")
    for listed in options.requires:
        extra, _, path = listed.partition(";")
        text += "".join(requirement_lines(extra, Path(path).read_text("utf-8")))
    readme = options.description_file
    description = readme.read_text("utf-8") if readme else "UNKNOWN"
    return f"{text}Version: {options.version}\n\n{description}\n"


def write(wheel: Wheel, options: argparse.Namespace, tag: str) -> None:
    """Write all files, in an order of their own."""
    listed = options.input_file_list.read_text("utf-8").splitlines()
    pairs = [line.split(";", 1) for line in listed]
    for path, source in sorted(pairs):
        for name, file in files(Path(source), path):
            wheel.add(stripped(name, options.strip_path_prefix), file.read_bytes())
    wheel.add(f"{wheel.info}/WHEEL", _WHEEL.format(tag=tag).encode())
    wheel.add(f"{wheel.info}/METADATA", metadata(options).encode())
    for pair in sorted(options.extra_distinfo_file):
        name, _, source = pair.partition(";")
        wheel.add(f"{wheel.info}/{name}", Path(source).read_bytes())
    wheel.add_record()


def main(argv: Sequence[str] | None = None) -> int:
    """Write the wheel."""
    parser = argparse.ArgumentParser()
    for name in ("out", "name_file", "metadata_file", "input_file_list"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--description_file", type=Path)
    for name in ("strip_path_prefix", "requires", "extra_distinfo_file"):
        parser.add_argument(f"--{name}", action="append", default=[])
    options = parser.parse_args(argv)
    if not _VERSION.fullmatch(options.version):
        print(
            f"version: found {options.version!r}, wanted its one spelling, as 1.0b2 of 1.0-beta2.\n"
            "Fix: write it so in py_wheel.",
            file=sys.stderr,
        )
        return 1
    name, version, tag = options.out.stem.split("-", 2)
    with zipfile.ZipFile(options.out, "w") as archive:
        write(Wheel(archive, f"{name}-{version}.dist-info"), options, tag)
    options.name_file.write_text(options.out.name, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
