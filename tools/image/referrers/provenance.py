"""Writes where an image comes from: an in-toto statement with SLSA provenance 1.0, as an OCI artifact.

Invoked by Bazel as: python tools/image/referrers/provenance.py --image LAYOUT --base LAYOUT
  --target LABEL --bom FILE --output FOLDER [--status FILE]
Only with --status does it name a commit, so that without stamping it is the same at every commit.
Statement and artifact are one action: it is among those that a push waits for after each edit.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.image.layout import Document, Image
from tools.image.referrers import attach
from tools.image.referrers.status import commit_of

MEDIA_TYPE = "application/vnd.in-toto+json"
_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://slsa.dev/provenance/v1"
_BUILD_TYPE = "https://bazel.build/"


def _dependency(uri: str, algorithm: str, value: str) -> Document:
    return {"uri": uri, "digest": {algorithm: value}}


def statement(target: str, image: Image, dependencies: Sequence[Document]) -> Document:
    """Return the statement."""
    return {
        "_type": _STATEMENT,
        "subject": [
            {"name": target, "digest": {"sha256": image.digest.partition(":")[2]}}
        ],
        "predicateType": _PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": _BUILD_TYPE,
                "externalParameters": {"target": target},
                "resolvedDependencies": list(dependencies),
            },
            "runDetails": {"builder": {"id": _BUILD_TYPE}},
        },
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Write the statement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--target", required=True)
    parser.add_argument("--bom", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--status", type=Path)
    options = parser.parse_args(argv)
    base = Image(options.base).digest.partition(":")[2]
    bom = hashlib.sha256(options.bom.read_bytes()).hexdigest()
    dependencies = [
        _dependency("oci:base", "sha256", base),
        _dependency("file:bill-of-materials", "sha256", bom),
    ]
    commit = commit_of(options.status) if options.status else ""
    if commit:
        dependencies.append(_dependency("git:repository", "gitCommit", commit))
    image = Image(options.image)
    content = attach.encode(statement(options.target, image, dependencies))
    document = attach.manifest(image, MEDIA_TYPE, content, commit)
    attach.write_layout(options.output, document, content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
