"""Writes the metadata of a project, as an installer would.

Invoked by Bazel as: describe --distribution NAME --version VERSION --output METADATA ENTRY_POINTS --source FILE…
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from tools.lock.manifests import Manifest, read_manifest


def metadata(manifest: Manifest) -> str:
    """Return what METADATA says: https://packaging.python.org/specifications/core-metadata."""
    # What the standard library's Message writes of other letters, importlib.metadata doesn't read.
    said = [
        ("Metadata-Version", "2.4"),
        ("Name", manifest.name),
        ("Version", manifest.version),
        ("Summary", manifest.summary),
        *((key, text) for key, texts in manifest.more.items() for text in texts),
        ("Requires-Python", manifest.requires_python),
        *(("Requires-Dist", str(requirement)) for requirement in manifest.requirements),
    ]
    for extra, listed in manifest.extras.items():
        said.append(("Provides-Extra", extra))
        for requirement in listed:
            bare, _, marker = str(requirement).partition(";")
            known = f"({marker.strip()}) and " if marker else ""
            said.append(("Requires-Dist", f'{bare}; {known}extra == "{extra}"'))
    return "".join(f"{key}: {' '.join(text.split())}\n" for key, text in said if text)


def entry_points(manifest: Manifest) -> str:
    """Return what entry_points.txt says."""
    lines = []
    for group, points in manifest.entry_points.items():
        lines += [
            f"[{group}]",
            *(f"{name} = {value}" for name, value in points.items()),
        ]
    return "".join(f"{line}\n" for line in lines)


class DisagreeingError(Exception):
    """A project says something else of itself than its target does."""


def arguments_of(prog: str) -> argparse.ArgumentParser:
    """Return a parser of what `described` takes."""
    parser = argparse.ArgumentParser(prog=prog)
    parser.add_argument("--distribution", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--source", type=Path, nargs="+", required=True)
    return parser


def described(options: argparse.Namespace) -> Manifest:
    """Return what a project says of itself, with the version that its target gives where it has none.

    Raises:
        DisagreeingError: it has another name, or no version.
    """
    texts = {file.name: file.read_text(encoding="utf-8") for file in options.source}
    manifest = read_manifest(texts)
    manifest.version = manifest.version or options.version
    if canonicalize_name(manifest.name) != canonicalize_name(options.distribution):
        raise DisagreeingError(
            f"{options.source[0]}: its project is called {manifest.name or 'nothing'!r}, wanted "
            f"{options.distribution!r}.\nFix: make distribution and the file agree."
        )
    if not manifest.version:
        raise DisagreeingError(
            f"{options.source[0]}: leaves its version to a build tool, and nothing here is one."
            "\nFix: give the distribution_info a version."
        )
    return manifest


def main(argv: Sequence[str] | None = None) -> int:
    """Write both files."""
    parser = arguments_of("describe")
    parser.add_argument("--output", type=Path, nargs=2, required=True)
    options = parser.parse_args(argv)
    try:
        manifest = described(options)
    except DisagreeingError as error:
        print(error, file=sys.stderr)
        return 1
    for file, text in zip(
        options.output, (metadata(manifest), entry_points(manifest)), strict=True
    ):
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
