"""Says how large the cache of a pipeline is, and warns where its host wouldn't keep it.

  bazel run //tools/pipeline:cache_size -- .cache --most 10

GitHub keeps 10 GB for all caches of a repository, and drops those that were used least lately; what a
runner of GitLab keeps is its setting. Files are counted as they are: hosts pack them.
Exit codes: 0 said; 2 there is no such folder.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError, workspace_folder

_GB = 1_000_000_000


def size_of(folder: Path) -> int:
    """Return how many bytes the files below a folder have; no link is followed."""
    paths = (Path(place, name) for place, _, names in os.walk(folder) for name in names)
    return sum(path.lstat().st_size for path in paths)


def text_of(size: int, most: float, folder: Path, *, is_github: bool) -> str:
    """Return the line that says it."""
    text = f"{folder}: {size / _GB:.1f} of {most:g} GB"
    if size <= most * _GB:
        return text
    warning = "::warning title=cache::" if is_github else "WARNING: "
    return (
        f"{warning}{text}, wanted no more: its host drops what it can't keep. "
        "Fix: a smaller --experimental_disk_cache_gc_max_size in .bazelrc, or --config=cache"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Say how large the cache is."""
    parser = plain_parser("//tools/pipeline:cache_size", __doc__)
    add = parser.add_argument
    add("folder", type=Path, metavar="FOLDER", help="the cache, from the root")
    add("--most", type=float, required=True, metavar="GB", help="what its host keeps")
    options = parser.parse_args(argv)
    try:
        folder = workspace_folder() / options.folder
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    if not folder.is_dir():
        print(
            f"{options.folder}: found no folder, wanted the one that .bazelrc names.\n"
            "Fix: name the folder of --disk_cache",
            file=sys.stderr,
        )
        return 2
    is_github = os.environ.get("GITHUB_ACTIONS") == "true"
    print(text_of(size_of(folder), options.most, options.folder, is_github=is_github))
    return 0


if __name__ == "__main__":
    sys.exit(main())
