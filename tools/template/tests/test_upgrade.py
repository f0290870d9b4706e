"""Tests of what a later version of the template changes in a repository that was made from it."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.template.upgrade import NOTES, main
from tools.template.version import RECORD

RC = "build --one\n\n# Middle.\n\nbuild --two\n"
FIRST = {
    ".bazelrc": RC,
    ".gitlab-ci.yml": "one: 1\n",
    NOTES: "# Changelog\n\n## v1\n\n- First.\n",
    "libs/sample/x.py": "A = 1\n",
    "tools/a/gone.py": "",
    "tools/a/x.py": "A = 1\n",
    "tools/a/y.py": "A = 1\n",
}
LATER = {
    ".bazelrc": RC.replace("--two", "--two=2"),
    ".gitlab-ci.yml": "one: 2\n",
    NOTES: "# Changelog\n\n## v2\n\n- Second.\n\n## v1\n\n- First.\n",
    "docs/new.md": "new\n",
    "libs/sample/x.py": "A = 2\n",
    "tools/a/x.py": "A = 2\n",
    "tools/b/new.py": "B = 1\n",
}


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    command = ["git", *identity, *arguments]
    done = subprocess.run(
        command, cwd=root, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout


def commit(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=x")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Give a template of two versions."""
    root = tmp_path / "template"
    root.mkdir()
    git(root, "init", "--quiet")
    commit(root, FIRST)
    git(root, "tag", "v1")
    (root / "tools/a/gone.py").unlink()
    commit(root, LATER)
    git(root, "tag", "v2")
    return root


@pytest.fixture
def team(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a repository that was made from the first version, without pipelines of GitLab."""
    root = tmp_path / "team"
    git(tmp_path, "clone", "--quiet", "--branch=v1", str(template), "team")
    git(root, "tag", "--delete", "v1", "v2")
    (root / ".gitlab-ci.yml").unlink()
    commit(root, {RECORD: "v1\n", "tools/own/z.py": "Z = 1\n"})
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(root))
    return root


def test_tools_are_replaced_settings_merged_and_the_rest_left(
    team: Path, template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = {".bazelrc": RC.replace("--one", "--one=1"), "tools/a/x.py": "A = 9\n"}
    commit(team, own)

    code = main(["--from", str(template)])

    printed = capsys.readouterr().out
    changed = git(team, "status", "--porcelain", "--untracked-files=all").split()[1::2]
    assert code == 0, printed
    assert (team / ".bazelrc").read_text() == (
        "build --one=1\n\n# Middle.\n\nbuild --two=2\n"
    )
    assert changed == [
        ".bazelrc",
        RECORD,
        NOTES,
        "docs/new.md",
        "tools/a/gone.py",
        "tools/a/x.py",
        "tools/b/new.py",
    ]
    assert (team / RECORD).read_text() == "v2\n"
    assert printed.startswith("replaced tools/a/x.py, which was edited here: ")
    assert "What v2 brings:\n## v2\n- Second.\n" in printed
    assert "- First." not in printed
    assert "./bazelw test //..." in printed


def test_what_both_changed_is_left_to_settle(
    team: Path, template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(team, {".bazelrc": RC.replace("--two", "--two=3")})

    code = main(["--from", str(template), "--to", "v2"])

    assert code == 1
    assert "to settle: .bazelrc" in capsys.readouterr().out
    assert "build --two=3\n=======\nbuild --two=2\n" in (team / ".bazelrc").read_text()
    assert (team / "tools/a/x.py").read_text() == "A = 2\n"


def test_a_version_that_is_there_already_changes_nothing(
    team: Path, template: Path
) -> None:
    assert main(["--from", str(template), "--to", "v1"]) == 0
    assert git(team, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("record", "options", "want"),
    [
        ("", [], f"{RECORD}: isn't there, and says which version"),
        ("v0", [], f'{RECORD}: "v0" is no version of '),
        ("v1\n\n", ["--to", "v7"], '"v7": is no version of '),
    ],
)
def test_what_is_not_known_is_refused(
    team: Path,
    capsys: pytest.CaptureFixture[str],
    record: str,
    options: list[str],
    want: str,
) -> None:
    (team / RECORD).unlink()
    commit(team, {RECORD: record} if record else {"x": "x"})

    assert main(["--from", str(team.parent / "template"), *options]) == 1
    assert want in capsys.readouterr().err


def test_changes_that_git_could_not_tell_apart_are_refused(
    team: Path, template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (team / "x").write_text("x")

    assert main(["--from", str(template)]) == 1
    assert capsys.readouterr().err.startswith("The work tree has changes")
