"""Brings the files of a project to their place, byte for byte, and its history if it has one."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.adopt.plan import Plan
from tools.adopt.setup_program import PROGRAM
from tools.lock.manifests import PYPROJECT
from tools.workspace.git import GitError, git, git_paths

SHOWN = 5


def shortened(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def move(root: Path, plan: Plan) -> Iterator[str]:
    """Bring a project to its folder, and yield what is to be known of it."""
    target = root / plan.folder
    if target != plan.source:
        if repository := _repository_of(plan):
            yield from _merge(root, plan, repository)
        else:
            for path in plan.layout.moved:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(plan.source / path, target / path, follow_symlinks=False)
    if plan.metadata:
        file = target / PYPROJECT
        before = f"{file.read_text('utf-8').rstrip()}\n\n" if file.exists() else ""
        head = f"# As {PROGRAM} said it.\n"
        file.write_text(f"{before}{head}{plan.metadata}", encoding="utf-8")
        if PYPROJECT not in plan.layout.moved:
            plan.layout.moved.append(PYPROJECT)
    if plan.unknown:
        yield (
            f"{plan.folder}/{PYPROJECT}: {PROGRAM} works out {', '.join(plan.unknown)}, and nothing here runs "
            "it: write them into [project]."
        )
    written = plan.version_file
    if written and not (target / written).exists():
        version = plan.version or plan.manifest.version
        text = f'"""The version."""\n\n__version__ = version = "{version}"\n'
        (target / written).write_text(text, encoding="utf-8")
        plan.layout.moved.append(written)
    if plan.passed_over:
        yield (
            f"{plan.folder}/{plan.passed_over[0]}: norecursedirs keeps pytest from {shortened(plan.passed_over)} "
            "at home, and here their tests run: leave them so, or write __test__ = False into them."
        )
    if plan.layout.compiled:
        yield (
            f"{plan.folder}/{plan.layout.compiled[0]}: a build tool compiles it at home, and nothing here "
            "does, so what it gives can't be imported: take the project from PyPI, by "
            "requirements.in, or write a target for it."
        )
    yield from _show_ignored(root, plan)


def _repository_of(plan: Plan) -> Path | None:
    """Return the repository that has a project's files, if any."""
    try:
        if git(plan.source, "ls-files", "--cached"):
            return Path(git(plan.source, "rev-parse", "--show-toplevel").rstrip("\n"))
    except GitError:
        pass
    return None


def _merge(root: Path, plan: Plan, repository: Path) -> Iterator[str]:
    """Have the commit to come merge the project's history, its files in their folder."""
    if git(plan.source, "status", "--porcelain", "--", "."):
        yield f"{plan.source}: what isn't committed there stays behind: bring it by hand."
    git(root, "fetch", "--quiet", str(repository), "HEAD")
    # The projects of a workspace have one history.
    begun = git(root, "rev-parse", "--git-path", "MERGE_HEAD").strip()
    if not (root / begun).exists():
        _begin_merge(root)
    inside = plan.source.relative_to(repository).as_posix()
    tree = "FETCH_HEAD:" + ("" if inside == "." else inside)
    git(root, "read-tree", f"--prefix={plan.folder}/", "-u", tree)
    staying = [*plan.layout.left, *plan.layout.theirs]
    if left := [f"{plan.folder}/{path}" for path in staying]:
        git(root, "rm", "--quiet", "--force", "--", *left)


def _begin_merge(root: Path) -> None:
    options = (
        "--quiet",
        "--strategy=ours",
        "--no-commit",
        "--allow-unrelated-histories",
    )
    git(root, "merge", *options, "FETCH_HEAD")


def _show_ignored(root: Path, plan: Plan) -> Iterator[str]:
    """Have git know the files that a .gitignore leaves out, and say so."""
    options = ("--others", "--ignored", "--exclude-standard", "--", plan.folder)
    ignored = git_paths(root, "ls-files", *options)
    moved = {f"{plan.folder}/{path}" for path in plan.layout.moved}
    if found := sorted(moved.intersection(ignored)):
        git(root, "add", "--force", "--intent-to-add", "--", *found)
        yield (
            f"{shortened(found)}: git ignores them, and a build tool may have "
            "written them: they are added by git add --force; keep them so, or have a target "
            "write them."
        )
