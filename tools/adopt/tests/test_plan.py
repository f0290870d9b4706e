"""Tests of what a project is taken for."""

from pathlib import Path

import pytest

from tools.adopt.plan import (
    make_plan,
    members_of,
    name_of,
    pytest_settings,
    reading,
)
from tools.scaffold.projects import RefusedError

PROJECT = '[project]\nname = "{}"\n'


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_a_workspace_has_its_members(tmp_path: Path) -> None:
    table = '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/x"]\n'
    write(tmp_path, "pyproject.toml", table)
    for name in ("a", "b", "x"):
        write(tmp_path, f"packages/{name}/pyproject.toml", PROJECT.format(name))
    write(tmp_path, "packages/notes/a.txt", "")

    assert [path.name for path in members_of(tmp_path)] == ["a", "b"]

    write(tmp_path, "pyproject.toml", PROJECT.format("all") + table)

    assert members_of(tmp_path)[0] == tmp_path


@pytest.mark.parametrize(
    ("files", "want"),
    [
        ({}, ("pytest.ini", [])),
        ({"pyproject.toml": "[project]\n"}, ("pyproject.toml", [])),
        (
            {
                "pyproject.toml": "[tool.pytest.ini_options]\naddopts = ['-n', 'auto']\n",
                "tox.ini": "[pytest]\naddopts = -v\n",
            },
            ("pyproject.toml", ["-n", "auto"]),
        ),
        (
            {"pyproject.toml": "[tool.pytest]\naddopts = '-v'\n"},
            ("pyproject.toml", ["-v"]),
        ),
        (
            {
                "pyproject.toml": "",
                "tox.ini": "[tox]\n",
                "setup.cfg": "[tool:pytest]\naddopts = -v -x\n",
            },
            ("setup.cfg", ["-v", "-x"]),
        ),
        (
            {"pyproject.toml": "", "pytest.ini": "[pytest]\naddopts =\n"},
            ("pytest.ini", []),
        ),
    ],
)
def test_settings_are_those_that_pytest_takes(
    tmp_path: Path, files: dict[str, str], want: tuple[str, list[str]]
) -> None:
    for path, text in files.items():
        write(tmp_path, path, text)

    assert pytest_settings(tmp_path) == want


def test_what_isnt_heeded_is_named(tmp_path: Path) -> None:
    write(tmp_path, "pyproject.toml", "[tool.ruff]\nfix = true\n[tool.other]\nx = 1\n")
    write(tmp_path, "mypy.ini", "")
    write(tmp_path, "src/a.py", "")

    got = make_plan(tmp_path, "libs/a", [])

    assert list(got.unheeded) == ["[tool.ruff] of pyproject.toml", "mypy.ini"]


def test_a_folder_without_python_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "notes.txt", "")

    with pytest.raises(RefusedError, match="found neither src"):
        make_plan(tmp_path, "libs/a", [])


def test_a_file_that_cant_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, "pyproject.toml", "[project\n")
    write(tmp_path, "a.py", "")

    with (
        pytest.raises(RefusedError, match="Fix: correct that there"),
        reading(tmp_path),
    ):
        members_of(tmp_path)


def test_a_folder_that_isnt_there_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "none"

    with pytest.raises(RefusedError, match="No such file"), reading(folder):
        name_of(folder)
