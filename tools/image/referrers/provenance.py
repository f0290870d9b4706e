"""Writes where an image comes from: an in-toto statement with SLSA provenance 1.0, as an OCI artifact.

Invoked by Bazel as: python tools/image/referrers/provenance.py --subject FILE --target LABEL
  --bom FILE --output FOLDER --digest FILE [--status FILE]
Only with --status does it name a commit, so that without stamping it is the same at every commit;
and only one whose checkout held nothing else, since what it names could be checked out anywhere.
Statement and artifact are one action: it is among those that a push waits for after each edit.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.image.layout import Document
from tools.image.referrers import attach
from tools.image.referrers.status import revision_of

MEDIA_TYPE = "application/vnd.in-toto+json"
_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://slsa.dev/provenance/v1"
_BUILD_TYPE = "https://bazel.build/"


def _dependency(uri: str, algorithm: str, value: str) -> Document:
    return {"uri": uri, "digest": {algorithm: value}}


def bare(digest: str) -> str:
    """Return a digest without the name of its algorithm."""
    return digest.partition(":")[2]


def statement(target: str, digest: str, dependencies: Sequence[Document]) -> Document:
    """Return the statement."""
    return {
        "_type": _STATEMENT,
        "subject": [{"name": target, "digest": {"sha256": bare(digest)}}],
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
    parser.add_argument("--subject", type=Path, required=True)
    parser.add_argument("--target", required=True)
    parser.add_argument("--bom", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--digest", type=Path, required=True)
    parser.add_argument("--status", type=Path)
    options = parser.parse_args(argv)
    known = json.loads(options.subject.read_bytes())
    subject = known["subject"]
    bom = hashlib.sha256(options.bom.read_bytes()).hexdigest()
    dependencies = [
        _dependency("oci:base", "sha256", bare(known["base"])),
        _dependency("file:bill-of-materials", "sha256", bom),
    ]
    revision = revision_of(options.status) if options.status else None
    if revision and not revision.is_dirty:
        dependencies.append(_dependency("git:repository", "gitCommit", revision.commit))
    content = attach.encode(statement(options.target, subject["digest"], dependencies))
    name = str(revision or "")
    document = attach.manifest(subject, MEDIA_TYPE, content, name)
    options.digest.write_text(attach.write_layout(options.output, document, content))
    return 0


if __name__ == "__main__":
    sys.exit(main())
