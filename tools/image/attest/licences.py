"""Names licences as bills of materials do: by SPDX where it is sure, else by name.

What says it best wins: an SPDX expression, classifiers, then the words of the authors.
"""

import re
from collections.abc import Iterable, Mapping
from typing import cast

from tools.image.oci.layout import Document

# What the interpreter's authors say: https://docs.python.org/3/license.html
PYTHON: list[Document] = [{"license": {"id": "PSF-2.0"}}]

# Only classifiers that stand for one licence of SPDX's list. "BSD License", "Apache Software License" and the like
# stand for several: they stay names.
_SPDX = {
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v2 (LGPLv2)": "LGPL-2.0-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "Universal Permissive License (UPL)": "UPL-1.0",
    "zlib/libpng License": "Zlib",
}

# Who approves of a licence, and not which one.
_NO_LICENCE = (":: OSI Approved", ":: DFSG approved")


def _classified(classifier: str) -> Document:
    name = classifier.rpartition(" :: ")[2]
    known = _SPDX.get(name)
    return {"license": {"id": known} if known else {"name": name}}


def of_distribution(known: Mapping[str, object]) -> list[Document]:
    """Return the licences of a distribution, by what its metadata says."""
    if known["licence_expression"]:
        return [{"expression": known["licence_expression"]}]
    classifiers = cast(list[str], known["licence_classifiers"])
    names = sorted({name for name in classifiers if not name.endswith(_NO_LICENCE)})
    if names:
        return [_classified(name) for name in names]
    if known["licence"]:
        return [{"license": {"name": known["licence"]}}]
    return []


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
