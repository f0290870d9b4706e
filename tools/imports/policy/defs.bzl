"""Who may depend on what, beyond visibility: the table that the import check reads."""

load("//tools/workspace:names.bzl", "label_name")

# Distributions that only some folders may use, directly or through others. Tests and testonly targets are free.
RESTRICTED_DISTRIBUTIONS = {
    # Training needs it; what serves the model needs numpy only, and the images stay small.
    "scikit-learn": struct(
        folders = ["libs/ml"],
        why = "only training uses it",
    ),
}

# What no target of a folder may have below it. Tests and testonly targets are free.
FORBIDDEN_FOLDERS = {
    "libs": {"services": "libs never depend on services"},
    "services": {
        "services/tests": "tests never run inside a service",
        "tools": "tools never run inside a service",
    },
}

def _is_below(package, folder):
    return (package + "/").startswith(folder + "/")

def denied_prefixes(package, folders = FORBIDDEN_FOLDERS, distributions = RESTRICTED_DISTRIBUTIONS):
    """Returns what the targets of a package may not have below them.

    Args:
      package: the package's path from the root.
      folders: other than the repository's in a test.
      distributions: other than the repository's in a test.

    Returns:
      A list of struct(rule, prefix, why): the rule that says so, the start of a label, and a reason.
    """
    if package.partition("/")[0] not in folders:
        return []
    denied = [
        struct(rule = "imports/layer", prefix = "//" + other, why = why)
        for folder, forbidden in folders.items()
        for other, why in forbidden.items()
        if _is_below(package, folder)
    ]
    return denied + [
        struct(rule = "imports/restricted", prefix = "@pip//" + label_name(name), why = rule.why)
        for name, rule in distributions.items()
        if not [folder for folder in rule.folders if _is_below(package, folder)]
    ]
