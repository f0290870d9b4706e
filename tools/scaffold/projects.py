"""What a project may be called, where it lies, and the row that a README has of it."""

import keyword
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.build_files.taken_names import distribution_names
from tools.workspace.settings import folders, kind_of, projects

DISTRIBUTIONS = "tools/imports/distributions/distributions.txt"
README = "README.md"

LONGEST = 40
# Names by which Bazel, pytest or this repository mean something else.
RESERVED = frozenset({"cases", "external", "platform", "test", "testing", "tests"})

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ROW = re.compile(r"^\| `(?P<name>[^`]+)` \|.*\n", re.MULTILINE)
# Where badges of projects are published, as a row of the map has it.
_SITE = re.compile(r"^\| `.*\]\((\S+)/projects\.html\) \|$", re.MULTILINE)
# The row of all tools: the first project of its kind stands before it.
_TOOLS = "| `tools/` |"


class RefusedError(Exception):
    """What is asked for can't work; the text is for the user."""


def refusal(name: str, distributions: Mapping[str, str]) -> str:
    """Return why a name can't be a project's; empty where it can.

    Args:
      name: the name.
      distributions: the locked distribution of each first part of a module's name.
    """
    reasons = {
        "it is no name of a module: wanted lower case letters, digits and _, a letter first": (
            not _NAME.fullmatch(name)
        ),
        f"it has {len(name)} characters, wanted at most {LONGEST}": len(name) > LONGEST,
        "it is a keyword of Python": keyword.iskeyword(name)
        or keyword.issoftkeyword(name),
        "the repository means something else by it": name in RESERVED,
        f'Python\'s own module "{name}" has it': name in sys.stdlib_module_names,
        f'the module "{name}" of {distributions.get(name)} has it': name
        in distributions,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def new_folder(kind: str, name: str, top: str = "") -> str:
    """Return the folder of a new project.

    Args:
      kind: what it is to be.
      name: its name.
      top: the top folder; by default the first of that kind.

    Raises:
      RefusedError: the settings name no such top folder.
    """
    tops = folders(kind)
    if not tops or (top and top not in tops):
        raise RefusedError(
            f'"{top or kind}": settings.bzl names no top folder of a {kind}, wanted one '
            f"of {', '.join(tops) or 'its kind'}.\n"
            "Fix: add it to PROJECTS in settings.bzl."
        )
    return f"{top or tops[0]}/{name}"


def refuse_new(root: Path, folder: str) -> None:
    """Refuse the folder of a new project where it can't work.

    Raises:
      RefusedError: it can't.
    """
    name = folder.partition("/")[2]
    locked = (root / DISTRIBUTIONS).read_text(encoding="utf-8")
    reason = refusal(name, distribution_names(locked))
    if not reason and (root / folder).exists():
        reason = f"{folder} is there already"
    if reason:
        raise RefusedError(f'"{name}": {reason}.\nFix: take another name.')


def row_of(folder: str) -> tuple[str, str]:
    """Return the README that has a project's row, and how the row is called."""
    top, _, name = folder.partition("/")
    is_tool = kind_of(folder) == "tool"
    return (f"{top}/{README}", name) if is_tool else (README, folder)


def with_row(readme: str, name: str, text: str) -> str:
    """Return a README that has a project's row, in the order of the others.

    Args:
      readme: the README; one without a table stays as it is.
      name: how the row is called: `libs/price`, or `greet` for a tool.
      text: what the project is.
    """
    # The table of the tools, whose rows are names alone, has no order: a row goes to its end.
    top, slash, _ = name.partition("/")
    rows = _ROW.finditer(readme)
    alike = [row for row in rows if not slash or row["name"].startswith(f"{top}/")]
    before = [row for row in alike if not slash or row["name"] < name]
    first = alike[0].start() if alike else readme.find(_TOOLS)
    place = before[-1].end() if before else first
    if place < 0:
        return readme
    row = f"| `{name}` | {text} |\n"
    site = site_of(readme) if slash else ""
    return readme[:place] + (_with_badge(row, site) if site else row) + readme[place:]


def site_of(readme: str) -> str:
    """Return where the badges of a README's projects are published, or nothing."""
    found = _SITE.search(readme)
    return found[1] if found else ""


def badge_path(project: str) -> str:
    """Return the file of a project's badge in the site."""
    return f"badges/{project.replace('/', '-')}.svg"


def _with_badge(row: str, site: str) -> str:
    folder, about = row.split(" | ")[:2]
    project = folder.strip("| `")
    badge = f"[![{project}]({site}/{badge_path(project)})]({site}/projects.html)"
    return f"{folder} | {about.removesuffix(' |\n')} | {badge} |\n"


def with_badges(readme: str, site: str) -> str:
    """Return a README whose map has each project's badge, a link to the page of all."""

    def row(found: re.Match[str]) -> str:
        is_project = kind_of(found["name"]) in ("library", "service")
        return _with_badge(found[0], site) if is_project else found[0]

    with_column = readme.replace(
        "| folder | holds |\n|---|---|\n",
        "| folder | holds | stands |\n|---|---|---|\n",
    )
    return _ROW.sub(row, with_column)


def without_row(readme: str, name: str) -> tuple[str, str]:
    """Return a README without a project's row, and what that said of the project."""
    row = re.search(rf"^\| `{re.escape(name)}` \| (.*?) \|.*\n", readme, re.MULTILINE)
    return (readme.replace(row[0], "", 1), row[1]) if row else (readme, "")


def existing_project(root: Path, text: str) -> str:
    """Return the folder of a project that is there.

    Raises:
      RefusedError: there is none.
    """
    folder = text.strip("/")
    top, _, name = folder.partition("/")
    is_one = top in projects() and name and "/" not in name
    if is_one and (root / folder).is_dir():
        return folder
    wanted = " or ".join(f"{top}/NAME" for top in projects())
    raise RefusedError(
        f'"{text}": is no project.\nFix: name the folder of one, {wanted}.'
    )
