"""Brings a later version of the template into a repository that was made from it.

  bazel run //tools/template:upgrade -- --from https://example.com/template
  bazel run //tools/template:upgrade -- --from https://example.com/template --to v2

What belongs to the template is replaced: tools, launcher, pipelines. What both edit is merged three ways, such as
MODULE.bazel, .bazelrc and settings.bzl; the rest stays as it is. It prints the notes between the two versions.
It takes a clean work tree, so that `git diff HEAD` shows what it did and git can take it back.
Exit codes: 0 done, 1 something is left to settle or it can't work, 2 it could not run.
"""

import sys
import tempfile
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from tools.scaffold.command import run
from tools.scaffold.projects import RefusedError
from tools.template.version import RECORD, refuse_changes
from tools.workspace.command import plain_parser
from tools.workspace.git import GitError, git, git_bytes, git_paths

NOTES = "CHANGELOG.md"
REPLACED = (
    ".bazelversion",
    ".github",
    ".gitlab",
    ".gitlab-ci.yml",
    NOTES,
    "bazelw",
    "tools",
)
MERGED = (
    ".bazelignore",
    ".bazelrc",
    ".ci",
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    "BUILD.bazel",
    "CONTRIBUTING.md",
    "MODULE.bazel",
    "coverage.toml",
    "docs",
    "image_layers.bzl",
    "pyproject.toml",
    "requirements.in",
    "settings.bzl",
    "tools/README.md",
)
# Made from the lock, which stays.
LEFT = "tools/imports/distributions/distributions.txt"
# Where the template's tags are kept, apart from the repository's own.
TAGS = "refs/template"
CHECKS = """
Then, one after the other:
  ./bazelw run //:requirements.update
  ./bazelw run //:fix -- --all
  ./bazelw test //...
  ./bazelw run //:check
"""


def commits(root: Path, remote: str, tag: str) -> tuple[str, str, str]:
    """Return the commits of the version that is recorded and of the one to come, and that one's tag.

    Raises:
      RefusedError: one of them isn't known.
    """
    record = root / RECORD
    if not record.is_file():
        raise RefusedError(
            f"{RECORD}: isn't there, and says which version this repository was made from.\n"
            "Fix: write the template's tag or commit into it."
        )
    git(root, "fetch", "--quiet", "--no-tags", "--", remote, f"+refs/tags/v*:{TAGS}/v*")
    options = ("--sort=-version:refname", "--format=%(refname:lstrip=2)", TAGS)
    tags = git(root, "for-each-ref", *options).split()
    tag = tag or next(iter(tags), "")
    if tag not in tags:
        raise RefusedError(
            f'"{tag}": is no version of {remote}, which has {", ".join(tags) or "none"}.\n'
            "Fix: name one by --to; a version is a tag such as v1."
        )
    old = record.read_text(encoding="utf-8").strip()
    ref = f"{TAGS}/{old}" if old in tags else old
    try:
        base = git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    except GitError:
        raise RefusedError(
            f'{RECORD}: "{old}" is no version of {remote}.\n'
            "Fix: write the template's tag or commit into it."
        ) from None
    return base.strip(), git(root, "rev-parse", f"{TAGS}/{tag}^{{commit}}").strip(), tag


def differing(root: Path, *arguments: str) -> list[str]:
    """Return the paths on which commits, or a commit and the work tree, differ."""
    return git_paths(root, "diff", "--name-only", "--no-renames", *arguments)


def replace(root: Path, base: str, new: str) -> list[str]:
    """Replace what belongs to the template; return what of it had been edited here."""
    changed = set(differing(root, base, new, "--", *REPLACED)) - {*MERGED, LEFT}
    edited = changed.intersection(differing(root, base, "--", *REPLACED))
    there = set(git_paths(root, "ls-tree", "-r", "--name-only", new))
    known = set(git_paths(root, "ls-tree", "-r", "--name-only", base))
    # A pipeline that was taken out, for another host, stays out.
    out = {path for path in changed & known if not (root / path).exists()}
    for path in changed - there - out:
        (root / path).unlink()
    if paths := sorted(changed & there - out):
        git(root, "restore", f"--source={new}", "--staged", "--worktree", "--", *paths)
    return sorted(edited - out)


def merge(root: Path, base: str, new: str) -> list[str]:
    """Merge what both edit; return what is left to settle, with marks of conflict."""
    known = set(git_paths(root, "ls-tree", "-r", "--name-only", base))
    changed = differing(root, base, new, "--", *MERGED)
    paths = [path for path in changed if path not in known or (root / path).exists()]
    if not paths:
        return []
    with tempfile.NamedTemporaryFile(suffix=".patch") as file:
        # Not `diff`, whose form a user's settings change.
        form = ("diff-tree", "-r", "-p", "--binary", "--no-renames")
        patch = git_bytes(root, *form, base, new, "--", *paths)
        Path(file.name).write_bytes(patch)
        try:
            git(root, "apply", "--3way", file.name)
        except GitError:
            if not (left := differing(root, "--diff-filter=U")):
                raise
            return left
    return []


def notes(root: Path, base: str, new: str) -> str:
    """Return the lines that the later version's notes have more."""
    before, after = (
        git(root, "show", f"{commit}:{NOTES}").splitlines() for commit in (base, new)
    )
    return "\n".join(line for line in after if line not in set(before))


def upgrade(root: Path, options: Namespace) -> int:
    """Bring a later version, and return the exit code.

    Raises:
      RefusedError: it can't work.
    """
    refuse_changes(root)
    base, new, tag = commits(root, options.remote, options.to)
    text = notes(root, base, new)
    edited = replace(root, base, new)
    left = merge(root, base, new)
    (root / RECORD).write_text(f"{tag}\n", encoding="utf-8")
    for path in edited:
        print(f"replaced {path}, which was edited here: git diff HEAD -- {path}")
    for path in left:
        print(f"to settle: {path}, which has both sides between marks of conflict")
    print(f"\nWhat {tag} brings:\n{text}\n{CHECKS}", end="")
    return 1 if left else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Bring a later version of the template."""
    parser = plain_parser("//tools/template:upgrade", __doc__)
    parser.add_argument(
        "--from", dest="remote", required=True, help="the template's repository"
    )
    parser.add_argument("--to", default="", help="a tag; by default the newest version")
    return run(upgrade, parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
