"""README files name every folder that is there, and no command that CI doesn't run."""

import os
import re
from pathlib import Path

import pytest

from tools.pipeline.ci_commands import ci_commands
from tools.scaffold.projects import site_of, with_badges
from tools.workspace.settings import folders as folders_of

COMMAND = re.compile(r"(?:^\$ |`)\./bazelw ([^`\n]+)", re.MULTILINE)
FOLDER = re.compile(r"^\| `([^`/]+(?:/[^`/]+)?)` \|", re.MULTILINE)
README = Path("README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(COMMAND.findall(README)))


def folders(top: str) -> set[str]:
    """Return the folders of a folder that hold files git knows."""
    paths = Path(os.environ["TREE_FILES"]).read_text(encoding="utf-8").splitlines()
    below = [
        path.removeprefix(f"{top}/") for path in paths if path.startswith(f"{top}/")
    ]
    return {path.partition("/")[0] for path in below if "/" in path}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_is_one_that_ci_runs(command: str) -> None:
    assert command in ci_commands(), f"`./bazelw {command}` is not a line of .ci/run"


def test_readme_shows_the_commands_that_everything_starts_with() -> None:
    assert {"test //...", "coverage //..."} <= set(COMMANDS)
    assert [it for it in COMMANDS if re.fullmatch(r"run //services/\w+:push", it)]


@pytest.mark.parametrize("top", [*folders_of("library"), *folders_of("service")])
def test_readme_maps_no_project_that_is_gone(top: str) -> None:
    mapped = {name for name in FOLDER.findall(README) if name.startswith(f"{top}/")}

    assert mapped <= {f"{top}/{name}" for name in folders(top)}


def test_readme_shows_how_each_project_of_its_map_stands() -> None:
    site = site_of(README)

    assert site, "Fix: ./bazelw run //tools/project_status -- --readme --site URL"
    assert (
        with_badges(README, site) == README
    ), "Fix: ./bazelw run //tools/project_status -- --readme"


def test_readme_of_the_tools_names_every_one() -> None:
    named = FOLDER.findall(Path("tools/README.md").read_text(encoding="utf-8"))

    # Either may be gone first: see "Deleting the line" in tools/debian/README.md.
    assert sorted({*named, "debian"}) == sorted({*folders("tools"), "debian"})
