"""How names of distributions are written: PEP 503's way, and as parts of labels and files."""

import re


def normalise(name: str) -> str:
    """Return the one spelling of a distribution's name: `zope-foo` of `Zope.._foo`.

    https://peps.python.org/pep-0503/#normalized-names
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def label_name(name: str) -> str:
    """Return the name of a distribution below `@pip//`, and in file names of wheels."""
    return normalise(name).replace("-", "_")
