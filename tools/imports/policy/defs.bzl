"""Who may depend on what, beyond visibility: what the settings mean for a package."""

load("//:settings.bzl", "FORBIDDEN_FOLDERS", "RESTRICTED_DISTRIBUTIONS")
load("//tools/workspace:names.bzl", "label_name")

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
        struct(rule = "imports/restricted", prefix = "@pip//" + label_name(name), why = rule["why"])
        for name, rule in distributions.items()
        if not [folder for folder in rule["folders"] if _is_below(package, folder)]
    ]
