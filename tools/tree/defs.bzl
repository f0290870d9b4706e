"""What macros may know of the tree."""

load("@tree//:conftests.bzl", "CONFTESTS")

def ancestor_conftests(package):
    """Returns the `conftest.py` files that pytest would apply to a package's tests.

    Args:
      package: the package's path from the root.

    Returns:
      Their paths from the root, outermost first.
    """
    folders = [""]
    for part in package.split("/"):
        folders.append((folders[-1] + "/" + part).lstrip("/"))
    paths = [(folder + "/conftest.py").lstrip("/") for folder in folders]
    return [path for path in paths if path in CONFTESTS]
