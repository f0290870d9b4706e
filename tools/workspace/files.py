"""The files that git knows: tracked ones, and new ones that no .gitignore leaves out.

The same list that `//tools/tree:files` is for checks, here for programs.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from tools.workspace.git import git_paths
from tools.workspace.labels import hidden_folders


def known_files(root: Path, *patterns: str) -> list[str]:
    """Return the files that git knows and that are there, sorted.

    Args:
        root: the workspace.
        patterns: pathspecs of git, such as `*.py`; all files by default.
    """
    options = ("--cached", "--others", "--exclude-standard")
    listed = git_paths(root, "ls-files", *options, "--", *patterns)
    return [path for path in listed if (root / path).is_file()]


def seen_by_bazel(root: Path) -> list[str]:
    """Return the files that git knows outside the folders of .bazelignore, sorted."""
    ignored = ignored_folders(root)
    return [path for path in known_files(root) if not path.startswith(ignored)]


def replace_file(path: Path, text: str) -> None:
    """Write a file as a whole; whoever stops this finds it old or new, never half.

    Raises:
        OSError: it can't be written; it is as it was.
    """
    draft = path.with_name(f".{path.name}.half")
    try:
        draft.write_text(text, encoding="utf-8")
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def ignored_folders(root: Path) -> tuple[str, ...]:
    """Return the folders that Bazel doesn't look into, as starts of paths."""
    file = root / ".bazelignore"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return tuple(f"{folder}/" for folder in hidden_folders(text))
