"""Writes the metadata of a project, as an installer would.

Invoked by Bazel as: describe --distribution NAME --version VERSION --output METADATA ENTRY_POINTS --source FILE…
"""

import argparse
import sys
from collections.abc import Sequence
from email.message import Message
from pathlib import Path

from packaging.utils import canonicalize_name

from tools.lock.manifests import Manifest, read_manifest


def metadata(manifest: Manifest) -> str:
    """Return what METADATA says: https://packaging.python.org/specifications/core-metadata."""
    message = Message()
    for key, value in {
        "Metadata-Version": "2.4",
        "Name": manifest.name,
        "Version": manifest.version,
        "Summary": manifest.summary,
        "Requires-Python": manifest.requires_python,
    }.items():
        if value:
            message[key] = value
    for requirement in manifest.requirements:
        message["Requires-Dist"] = str(requirement)
    for extra, listed in manifest.extras.items():
        message["Provides-Extra"] = extra
        for requirement in listed:
            bare, _, marker = str(requirement).partition(";")
            known = f"({marker.strip()}) and " if marker else ""
            message["Requires-Dist"] = f'{bare}; {known}extra == "{extra}"'
    return message.as_string()


def entry_points(manifest: Manifest) -> str:
    """Return what entry_points.txt says."""
    lines = []
    for group, points in manifest.entry_points.items():
        lines += [
            f"[{group}]",
            *(f"{name} = {value}" for name, value in points.items()),
        ]
    return "".join(f"{line}\n" for line in lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Write both files."""
    parser = argparse.ArgumentParser(prog="describe")
    parser.add_argument("--distribution", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--output", type=Path, nargs=2, required=True)
    parser.add_argument("--source", type=Path, nargs="+", required=True)
    options = parser.parse_args(argv)
    texts = {file.name: file.read_text(encoding="utf-8") for file in options.source}
    manifest = read_manifest(texts)
    manifest.version = manifest.version or options.version
    if canonicalize_name(manifest.name) != canonicalize_name(options.distribution):
        print(
            f"{options.source[0]}: its project is called {manifest.name or 'nothing'!r}, wanted "
            f"{options.distribution!r}.\nFix: make distribution and the file agree.",
            file=sys.stderr,
        )
        return 1
    if not manifest.version:
        print(
            f"{options.source[0]}: leaves its version to a build tool, and nothing here is one."
            "\nFix: give the distribution_info a version.",
            file=sys.stderr,
        )
        return 1
    for file, text in zip(
        options.output, (metadata(manifest), entry_points(manifest)), strict=True
    ):
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
