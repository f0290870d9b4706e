"""Names licences as bills of materials do: by SPDX where it is sure, else by name."""

import re
from collections.abc import Iterable, Mapping
from typing import cast

from tools.image.oci.layout import Document
from tools.lock.audit import classifiers
from tools.lock.audit.policy import Policy
from tools.workspace.names import normalise

# What the interpreter's authors say: https://docs.python.org/3/license.html
PYTHON: list[Document] = [{"license": {"id": "PSF-2.0"}}]


def _classified(name: str) -> Document:
    known = classifiers.CLASSIFIERS.get(name)
    return {"license": {"id": known} if known else {"name": name}}


def of_distribution(known: Mapping[str, object], policy: Policy) -> list[Document]:
    """Return the licences of a distribution.

    Args:
        known: what its metadata says.
        policy: what a person read where the metadata doesn't say it.
    """
    lines = cast(list[str], known["licence_classifiers"])
    words = str(known["licence"])
    found = (
        policy.reviewed.get(normalise(str(known["name"])))
        or known["licence_expression"]
        or classifiers.classified(lines)
        or (words if words in policy.images | policy.tests else None)
    )
    if found:
        return [{"expression": found}]
    if names := sorted(classifiers.licence_names(lines)):
        return [_classified(name) for name in names]
    return [{"license": {"name": words}}] if words else []


def of_package(copyright_file: str) -> list[Document]:
    """Return the licences of a Debian package, by its copyright file.

    Only one in Debian's machine-readable format (copyright-format 1.0) says them.
    """
    if not copyright_file.startswith("Format:"):
        return []
    names: Iterable[str] = re.findall(
        r"^License:[ \t]*(\S.*)$", copyright_file, re.MULTILINE
    )
    return [{"license": {"name": name.strip()}} for name in sorted(set(names))]
