"""Where the files lie that `@tree` hands to checks: each at `<group>/<its path>.txt`."""


def path_in_tree(file: str, group: str) -> str:
    """Return the path from the repository's root of a file of a group.

    Args:
        file: where an action finds it.
        group: `build_files`, `test_files`, `manifests` or `baselines`.
    """
    return file.partition(f"/{group}/")[2].removesuffix(".txt")
