"""States where an image comes from: an in-toto statement with SLSA provenance 1.0.

It names a commit only in a stamped build, and only one whose checkout held nothing else, since what
it names could be checked out anywhere.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tools.image.oci.layout import Document

_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://slsa.dev/provenance/v1"
_BUILD_TYPE = "https://bazel.build/"

KEY = "STABLE_GIT_COMMIT"
DIRTY_KEY = "STABLE_GIT_DIRTY"


@dataclass(frozen=True)
class Revision:
    """What is built: a commit, or a checkout of it that held something else."""

    commit: str
    is_dirty: bool

    def __str__(self) -> str:
        """Return the name of it, which never is that of a commit that it isn't."""
        return f"{self.commit}-dirty" if self.is_dirty else self.commit

    @classmethod
    def read(cls, status: Path) -> Revision:
        """Return what the workspace's status says, which Bazel gives to what is stamped.

        Raises:
          SystemExit: where the status names no commit.
        """
        lines = status.read_text("utf-8").splitlines()
        known = {
            key: value for key, _, value in (line.partition(" ") for line in lines)
        }
        if known.get(KEY, "unknown") in ("", "unknown"):
            raise SystemExit(
                f"--stamp needs {KEY}, and the workspace's status has no commit.\n"
                "Fix: build in a git checkout, with the --workspace_status_command of .bazelrc."
            )
        return cls(known[KEY], known.get(DIRTY_KEY) == "true")


def _bare(digest: str) -> str:
    return digest.partition(":")[2]


def _dependency(uri: str, algorithm: str, value: str) -> Document:
    return {"uri": uri, "digest": {algorithm: value}}


def statement(
    target: str, known: Document, bom: bytes, revision: Revision | None
) -> Document:
    """Return the statement.

    Args:
      target: the image's label.
      known: its `subject`, and the digest of its `base`.
      bom: the image's bill of materials.
      revision: what is built, in a stamped build.
    """
    subject = {"sha256": _bare(known["subject"]["digest"])}
    dependencies = [
        _dependency("oci:base", "sha256", _bare(known["base"])),
        _dependency(
            "file:bill-of-materials", "sha256", hashlib.sha256(bom).hexdigest()
        ),
    ]
    if revision and not revision.is_dirty:
        dependencies.append(_dependency("git:repository", "gitCommit", revision.commit))
    return {
        "_type": _STATEMENT,
        "subject": [{"name": target, "digest": subject}],
        "predicateType": _PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": _BUILD_TYPE,
                "externalParameters": {"target": target},
                "resolvedDependencies": dependencies,
            },
            "runDetails": {"builder": {"id": _BUILD_TYPE}},
        },
    }
