"""What the check of one target is given: lines of JSON, as //tools/imports:defs.bzl writes them.

The first line is an object with what there is one of. Each line after it is a file:
`{"kind": "source", "path": "libs/x/a.py", "file": "bazel-out/…/a.py"}`, where `path`
is that from the root.
"""

import json
from collections.abc import Iterable


class Request:
    """One target, its files, and the indexes of what it depends on."""

    def __init__(self, lines: Iterable[str]) -> None:
        about, *files = map(json.loads, lines)
        self.target: str = about["target"]
        self.roots: list[str] = about["roots"]
        """Folders on the import path besides the root."""
        self.denied: list[dict[str, str]] = about["denied"]
        """What it may not depend on: a `rule`, a label's `prefix`, and `why`."""
        self.outputs: dict[str, str] = about["outputs"]
        """The files of the `report` and the `unused_inputs`."""
        self.explaining: dict[str, str] = about["explaining"]
        """What only a finding needs: the `repository`, the `distributions`, and the
        target's own `build_file`, if it is first-party."""
        self.sources = _files(files, "source")
        self.packages = _files(files, "package")
        """The `__init__.py` of deps."""
        self.indexes = {
            kind: list(_files(files, kind).values())
            for kind in ("deps", "pyi_deps", "closure")
        }


def _files(lines: Iterable[dict[str, str]], kind: str) -> dict[str, str]:
    """Return the files of a kind by their paths from the root."""
    return {line["path"]: line["file"] for line in lines if line["kind"] == kind}
