"""Tests of what a project is taken for."""

from pathlib import Path

import pytest

from tools.adopt.plan import (
    make_plan,
    manifest_of,
    reading,
)
from tools.adopt.publishing import wheel_of
from tools.adopt.pytest_settings import pytest_table, words_of
from tools.adopt.workspace import members_of
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


def test_path_dependencies_come_along(tmp_path: Path) -> None:
    sources = "[tool.uv.sources]\nb = {{ path = '../{}' }}\nc = {{ index = 'x' }}\n"
    poetry = "[tool.poetry.dependencies]\npython = '3'\nc = { path = '../c' }\n"
    write(tmp_path, "a/pyproject.toml", PROJECT.format("a") + sources.format("b"))
    write(tmp_path, "b/pyproject.toml", PROJECT.format("b") + poetry)
    write(tmp_path, "c/pyproject.toml", PROJECT.format("c") + sources.format("none"))

    assert [path.name for path in members_of(tmp_path / "a")] == ["a", "b", "c"]


def test_a_member_has_what_stands_in_the_root_of_its_workspace(tmp_path: Path) -> None:
    write(
        tmp_path,
        "pyproject.toml",
        "[tool.uv.workspace]\nmembers = ['a', 'b']\n"
        "[dependency-groups]\ndev = ['pytest-mock']\n"
        "[tool.pytest.ini_options]\naddopts = ['-m', 'not slow']\n"
        "markers = ['slow', 'fast']\nxfail_strict = true\ntestpaths = ['a']\n",
    )
    write(tmp_path, "a/pyproject.toml", PROJECT.format("a"))
    write(tmp_path, "b/pyproject.toml", PROJECT.format("b") + "[tool.pytest]\nx = 1\n")
    for name in ("a", "b"):
        write(tmp_path, f"{name}/tests/test_a.py", "")

    got = make_plan(tmp_path / "a", "libs/a", [])

    assert got.settings == "pytest.ini"
    assert got.settings_text == (
        "[pytest]\naddopts = -m 'not slow'\nmarkers = \n    slow\n    fast\n"
        "xfail_strict = True\n"
    )
    assert [demand.name for demand in got.demands.tests] == ["pytest-mock"]
    assert make_plan(tmp_path / "b", "libs/b", []).settings == "pyproject.toml"


def test_a_project_that_holds_others_leaves_them_their_files(tmp_path: Path) -> None:
    table = "[tool.uv.workspace]\nmembers = ['packages/b']\n"
    write(tmp_path, "pyproject.toml", PROJECT.format("a") + table)
    write(tmp_path, "src/a.py", "")
    write(tmp_path, "packages/b/pyproject.toml", PROJECT.format("b"))
    members = members_of(tmp_path)

    got = make_plan(tmp_path, "libs/a", [], members)

    assert got.layout.moved == ["pyproject.toml", "src/a.py"]
    assert got.layout.theirs == ["packages/b/pyproject.toml"]


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

    name, table = pytest_table(tmp_path)
    assert (name, words_of(table)) == want


def test_what_isnt_heeded_is_named(tmp_path: Path) -> None:
    write(tmp_path, "pyproject.toml", "[tool.ruff]\nfix = true\n[tool.other]\nx = 1\n")
    write(tmp_path, "mypy.ini", "")
    write(tmp_path, "src/a.py", "")

    got = make_plan(tmp_path, "libs/a", [])

    assert list(got.unheeded) == [
        "[tool.ruff] of pyproject.toml (fix)",
        "mypy.ini",
    ]


def test_tests_that_pytest_passes_over_at_home_are_named(tmp_path: Path) -> None:
    settings = "[tool.pytest.ini_options]\nnorecursedirs = 'build tests/typed'\n"
    write(tmp_path, "pyproject.toml", settings)
    for path in ("tests/test_a.py", "tests/typed/b/test_b.py", "tests/typed/c.py"):
        write(tmp_path, path, "")

    got = make_plan(tmp_path, "libs/a", [])

    assert got.passed_over == ["tests/typed/b/test_b.py"]


def test_a_wheel_says_what_the_files_of_its_metadata_say(tmp_path: Path) -> None:
    text = "Name: A\nVersion: 1\nSummary: Of a build tool.\nProvides-Extra: x\n"
    write(tmp_path, "pyproject.toml", '[project]\nname = "A"\ndynamic = ["version"]\n')
    write(tmp_path, "PKG-INFO", text)
    write(tmp_path, "a/__init__.py", "")
    write(tmp_path, "six.py", "")
    write(tmp_path, "a/tests/test_a.py", "import six\n")

    assert wheel_of(make_plan(tmp_path, "libs/a", [])) == (
        "\n# What is published of it: bazel build //libs/a:wheel\n"
        'distribution_wheel(\n    name = "wheel",\n    info = ":distribution_info",\n'
        '    distribution = "A",\n    version = "1",\n    packages = ["a"],\n'
        '    modules = ["six"],\n    deps = [":MAIN"],\n)\n'
    )


def test_a_wheel_says_what_an_index_shows(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "a"\nversion = "1"\nlicense = "MIT"\n'
        'classifiers = ["Typing :: Typed"]\nurls.Docs = "https://a.example"\n'
    )

    got = wheel_of(make_plan(tmp_path, "libs/a", []))

    assert '    classifiers = ["Typing :: Typed"],\n    project_urls = {"Docs"' in got
    assert 'license = "MIT"' in got


def test_a_version_that_a_module_says_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/__init__.py").write_text("")
    (tmp_path / "a/_version.py").write_text("__version__: str = '1.4'\n")
    (tmp_path / "setup.cfg").write_text("[metadata]\nname = a\nversion = attr: a.v\n")

    assert make_plan(tmp_path, "libs/a", []).version == "1.4"


@pytest.mark.parametrize("text", ["", '[project]\nname = "a"\nversion = "newest"\n'])
def test_what_has_no_name_or_version_has_no_wheel(tmp_path: Path, text: str) -> None:
    write(tmp_path, "pyproject.toml", text)
    write(tmp_path, "src/a.py", "")

    assert not wheel_of(make_plan(tmp_path, "libs/a", []))


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
        manifest_of(folder)
