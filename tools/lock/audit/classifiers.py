"""Knows what the classifiers of licences mean. Standard library only, as bills of materials need."""

from collections.abc import Iterable

# Only classifiers that stand for one licence of SPDX's list. "BSD License", "Apache Software License" and the like
# stand for several.
CLASSIFIERS = {
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


def licence_names(classifiers: Iterable[str]) -> set[str]:
    """Return the licences that classifiers name, in their words."""
    return {
        classifier.rpartition(" :: ")[2]
        for classifier in classifiers
        if classifier.startswith("License ::") and not classifier.endswith(_NO_LICENCE)
    }


def classified(classifiers: Iterable[str]) -> str | None:
    """Return the SPDX expression that classifiers name, or None where one may mean several."""
    names = licence_names(classifiers)
    if not names or not names <= CLASSIFIERS.keys():
        return None
    return " AND ".join(sorted(CLASSIFIERS[name] for name in names))
