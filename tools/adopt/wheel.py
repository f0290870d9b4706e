"""Writes what a project's wheel requires; fails where its target and its files differ.

Invoked by Bazel as: wheel --distribution NAME --version VERSION --source FILE…
  --wheel-version VERSION [--python-requires SPECIFIER] [--summary TEXT] [--shown JSON]
  --requires FILE --entry-points FILE [--extra NAME FILE]…

A wheel's name is known before any file is read, so `distribution_wheel` repeats what
pyproject.toml says, and this checks the one against the other.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from tools.adopt.describe import (
    DisagreeingError,
    arguments_of,
    described,
    entry_points,
)
from tools.lock.manifests import Manifest


def one_spelling(version: str) -> str:
    """Return a version as the names of wheels have it; nothing for what is none."""
    try:
        return str(Version(version))
    except InvalidVersion:
        return ""


def shown(manifest: Manifest) -> dict[str, str | list[str] | dict[str, str]]:
    """Return what an index shows of a project besides, by the attributes of py_wheel."""
    more = manifest.more
    texts = {
        "author": more.get("Author", []),
        "author_email": more.get("Author-email", []),
        "homepage": more.get("Home-page", []),
        "license": more.get("License-Expression", more.get("License", [])),
    }
    return {
        **{name: " ".join(found[:1]) for name, found in texts.items()},
        "classifiers": more.get("Classifier", []),
        "project_urls": dict(url.split(", ", 1) for url in more.get("Project-URL", [])),
    }


def disagreeing(said: Iterable[tuple[str, object, object]]) -> Iterator[str]:
    """Yield what the files of a project and its wheel's target say differently.

    Args:
        said: the name of an attribute, what the files say, and what it is.
    """
    for name, wanted, found in said:
        if wanted != found:
            yield f"{name}: found {found!r}, wanted {wanted!r}"


def lines(requirements: Iterable[Requirement]) -> str:
    """Return a list of requirements as pip reads it."""
    return "".join(f"{requirement}\n" for requirement in requirements)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files."""
    parser = arguments_of("wheel")
    for name in ("wheel-version", "python-requires", "summary"):
        parser.add_argument(f"--{name}", default="")
    for name in ("requires", "entry-points"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--shown", type=json.loads, default={})
    parser.add_argument("--extra", nargs=2, action="append", default=[])
    options = parser.parse_args(argv)
    try:
        manifest = described(options)
    except DisagreeingError as error:
        print(error, file=sys.stderr)
        return 1
    extras = sorted(extra for extra, _file in options.extra)
    said = [
        ("version", one_spelling(manifest.version), options.wheel_version),
        ("python_requires", manifest.requires_python, options.python_requires),
        ("summary", manifest.summary, options.summary),
        ("extras", sorted(manifest.extras), extras),
        *(
            (name, wanted, options.shown[name])
            for name, wanted in shown(manifest).items()
            if name in options.shown
        ),
    ]
    if problems := list(disagreeing(said)):
        print(
            f"{options.source[0]}: its wheel says something else. {'; '.join(problems)}.\n"
            "Fix: have the distribution_wheel say what the file says.",
            file=sys.stderr,
        )
        return 1
    options.requires.write_text(lines(manifest.requirements), "utf-8")
    options.entry_points.write_text(entry_points(manifest), "utf-8")
    for extra, file in options.extra:
        Path(file).write_text(lines(manifest.extras[extra]), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
