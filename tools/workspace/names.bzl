"""How names of distributions are written in labels; see names.py, which does the same."""

def label_name(name):
    """Returns the name of a distribution below `@pip//`.

    Args:
      name: the name, however it is spelled: PEP 503 knows no difference between runs of `-`, `_` and `.`.

    Returns:
      The name in lower case, its parts joined by one `_`: `zope_foo` of `Zope.._foo`.
    """
    parts = name.lower().replace("-", "_").replace(".", "_").split("_")
    return "_".join([part for part in parts if part])
