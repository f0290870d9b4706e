"""Tests of moving a project in, with a Bazel that is not there."""

import re
import subprocess
from pathlib import Path

import pytest

from tools.adopt.tests.projects import PROJECT, adopt, write
from tools.fix.tests.repositories import Repository, git
from tools.workspace.fake_bazel import FakeBazel


def test_a_project_runs_as_it_came(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "old", PROJECT)

    assert adopt(repository, source) == 0, capsys.readouterr().err

    for path, text in PROJECT.items():
        there = repository.root / "libs/price_list" / path
        assert there.read_text() == text if path != "noxfile.py" else not there.exists()
    assert repository.build("libs/price_list") == (
        "# What its tests read, and the settings that they run by.\n"
        "exports_files(\n    [\n"
        '        "README.md",\n        "pyproject.toml",\n    ],\n'
        '    visibility = ["//libs/price_list:__subpackages__"],\n)\n\n'
        "# What `importlib.metadata` says of it.\n"
        'distribution_info(\n    name = "distribution_info",\n'
        '    srcs = ["pyproject.toml"],\n    distribution = "price-list",\n'
        '    root = "src",\n)\n\n'
        'py_library(\n    name = "price_list",\n'
        '    srcs = ["src/prices/__init__.py"],\n    data = [\n'
        '        ":data_files",\n        ":distribution_info",\n    ],\n'
        '    imports = ["src"],\n    visibility = [":users"],\n    deps = [\n'
        '        "@pip//numpy",\n'
        '        "@pip//pyyaml",  # bazel: keep: the project asks for it\n    ],\n)\n\n'
        'package_group(\n    name = "users",\n'
        '    packages = ["//libs/price_list/..."],\n)\n\n'
        "# What is read beside the modules.\n"
        'filegroup(\n    name = "data_files",\n    srcs = glob([\n'
        '        "src/**/*.csv",\n        "src/**/*.typed",\n    ]),\n'
        '    visibility = ["//libs/price_list:__subpackages__"],\n)\n\n'
        "# What is published of it: bazel build //libs/price_list:wheel\n"
        'distribution_wheel(\n    name = "wheel",\n'
        '    description_file = "README.md",\n    distribution = "price-list",\n'
        '    extras = ["test"],\n    info = ":distribution_info",\n'
        '    packages = ["prices"],\n    root = "src",\n'
        '    summary = "Prices.",\n    version = "1.0",\n'
        '    deps = [":price_list"],\n)\n'
    )
    assert repository.build("libs/price_list/tests").partition("pytest_test(")[2] == (
        '\n    name = "test_async",\n    size = "medium",\n'
        '    srcs = ["test_async.py"],\n'
        '    data = ["//libs/price_list/tests:data_files"],\n'
        '    project = "//libs/price_list:pyproject.toml",\n    deps = [\n'
        '        ":conftest",\n'
        '        ":tests",  # bazel: keep: the tests\' package\n'
        '        "//libs/price_list",\n'
        '        "@pip//anyio",  # bazel: keep: the project asks for it\n    ],\n)\n\n'
        'pytest_test(\n    name = "test_prices",\n    size = "medium",\n'
        '    srcs = ["test_prices.py"],\n    data = [\n'
        '        "//libs/price_list:README.md",\n'
        '        "//libs/price_list/tests:data_files",\n    ],\n'
        '    project = "//libs/price_list:pyproject.toml",\n    deps = [\n'
        '        ":conftest",\n'
        '        ":tests",  # bazel: keep: the tests\' package\n'
        '        "//libs/price_list",\n'
        '        "@pip//pytest",\n    ],\n)\n\n'
        "# What is read beside the modules.\n"
        'filegroup(\n    name = "data_files",\n    srcs = glob(["data/**/*.txt"]),\n'
        '    visibility = ["//libs/price_list:__subpackages__"],\n)\n'
    )
    assert "| `libs/price_list` | Prices. |" in repository.read("README.md")
    wanted = ["anyio", "numpy", "pyyaml"]
    lines = repository.read("requirements.in").splitlines()
    assert [line.split()[0] for line in lines[3:]] == wanted
    said = capsys.readouterr().out
    assert "stays behind, since nothing here runs or reads it: noxfile.py" in said
    assert "[tool.ruff] of pyproject.toml" in said
    asked = FakeBazel(repository.root).asked()
    assert "//:requirements.update" in asked
    assert "//libs/price_list/..." in asked


def test_a_source_that_a_build_tool_compiles_is_left_to_decide(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compiled = ("clib/fast.c", "src/prices/_fast.pyx", "tests/data/a.c")
    source = write(tmp_path / "old", PROJECT | dict.fromkeys(compiled, ""))

    assert adopt(repository, source, "--dry-run") == 0
    assert (
        "by nothing here: src/prices/_fast.pyx, clib/fast.c\n"
        in capsys.readouterr().out
    )
    assert adopt(repository, source) == 1
    assert "src/prices/_fast.pyx: a build tool compiles it" in capsys.readouterr().err


def test_a_dry_run_writes_nothing(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "old", PROJECT)

    assert adopt(repository, source, "--as", "libs/cost", "--dry-run") == 0

    assert "libs/cost: price-list 1.0" in capsys.readouterr().out
    assert not (repository.root / "libs").exists()
    assert FakeBazel(repository.root).asked() == []


def test_a_folder_that_is_there_is_refused(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write({"libs/price_list/a.py": ""})

    assert adopt(repository, write(tmp_path / "old", PROJECT)) == 1
    assert "libs/price_list: is there already." in capsys.readouterr().err


def test_a_lock_that_cant_be_solved_ends_it_and_it_goes_on_from_there(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    FakeBazel(repository.root, exit_code=1).install()

    assert adopt(repository, write(tmp_path / "old", PROJECT)) == 1

    again, said = "bazel run //tools/adopt -- libs/price_list", capsys.readouterr()
    assert again in said.err
    assert "stays behind, since nothing here runs or reads it: noxfile.py" in said.out
    FakeBazel(repository.root, {"findings": {}}).install()
    assert adopt(repository, "libs/price_list") == 0
    assert (repository.root / "libs/price_list/tests/BUILD.bazel").exists()


def test_a_source_that_git_ignores_is_added_and_named(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = {".gitignore": "_made.py\n", "src/prices/_made.py": "VERSION = 1\n"}

    assert adopt(repository, write(tmp_path / "old", PROJECT | made)) == 1

    said = capsys.readouterr().err
    assert "libs/price_list/src/prices/_made.py: git ignores them" in said
    assert '"src/prices/_made.py"' in repository.read("libs/price_list/BUILD.bazel")


def test_a_version_that_a_build_tool_would_write_is_written(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pyproject = PROJECT["pyproject.toml"].replace(
        'version = "1.0"', 'dynamic = ["version"]'
    )
    hook = '[tool.hatch.build.hooks.vcs]\nversion-file = "src/prices/_version.py"\n'
    files = {
        ".gitignore": "_version.py\n",
        "pyproject.toml": pyproject + hook,
        "src/prices/__init__.py": "from prices._version import version\n",
    }
    source = write(tmp_path / "old", PROJECT | files)
    commit(source)
    git(source, "tag", "v1.4")
    git(repository.root, "config", "user.name", "test")
    git(repository.root, "config", "user.email", "test@localhost")

    assert adopt(repository, source) == 1

    said = capsys.readouterr().err
    assert "libs/price_list/src/prices/_version.py: git ignores them" in said
    assert said.count("to decide") == 1
    made = repository.read("libs/price_list/src/prices/_version.py")
    assert '__version__ = version = "1.4"' in made
    build = repository.read("libs/price_list/BUILD.bazel")
    assert 'version = "1.4"' in build
    assert '"src/prices/_version.py"' in build


def test_what_a_setup_program_says_is_written_to_pyproject(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = (
        "import setuptools\nsetuptools.setup(name='price-list', version=find(), "
        "install_requires=['numpy'], python_requires=find(),\n"
        "  entry_points={'console_scripts': ['prices = prices:main']})\n"
    )
    source = write(tmp_path / "old", PROJECT | {"setup.py": program})
    (source / "pyproject.toml").write_text(
        "[tool.pytest.ini_options]\naddopts = '-ra'\n"
    )
    (source / "src/prices/__init__.py").write_text('__version__ = "1.4"\n')

    assert adopt(repository, source) == 1

    said = capsys.readouterr().err
    assert "setup.py works out requires-python, and nothing here runs it" in said
    assert said.count("to decide") == 1
    assert repository.read("libs/price_list/pyproject.toml") == (
        "[tool.pytest.ini_options]\naddopts = '-ra'\n\n# As setup.py said it.\n"
        '[project]\nname = "price-list"\ndependencies = ["numpy"]\n'
        'scripts = { prices = "prices:main" }\nversion = "1.4"\n'
    )
    build = repository.read("libs/price_list/BUILD.bazel")
    assert 'srcs = ["pyproject.toml"]' in build
    assert 'version = "1.4"' in build.partition("distribution_wheel(")[2]


def test_wheel_of_an_archive_says_what_is_written_to_pyproject(
    repository: Repository, tmp_path: Path
) -> None:
    program = (
        "from setuptools import setup\nsetup(name='price-list', version='1.4', url='https://prices.example',\n"
        "  author='Ada B. List', author_email='ada@prices.example')\n"
    )
    packed = (
        "Metadata-Version: 2.4\nName: price-list\nVersion: 1.4\nHome-page: https://prices.example\n"
        "Author: Ada B. List\nAuthor-email: ada@prices.example\n"
    )
    files = PROJECT | {"setup.py": program, "PKG-INFO": packed}
    source = write(tmp_path / "old", files)
    (source / "pyproject.toml").unlink()

    assert adopt(repository, source) == 0

    wheel = repository.read("libs/price_list/BUILD.bazel").partition("_wheel(")[2]
    assert '    author_email = "\\"Ada B. List\\" <ada@prices.example>",\n' in wheel
    assert '"Homepage": "https://prices.example"' in wheel
    assert not {"author", "homepage"} & set(re.findall(r"(\w+) =", wheel))


def commit(source: Path) -> None:
    git(source, "init", "--quiet")
    git(source, "add", "--all")
    git(source, "commit", "--quiet", "--message=old work")


def test_history_comes_along(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "old", PROJECT)
    commit(source)
    write(source, {"src/prices/later.py": ""})
    git(repository.root, "config", "user.name", "test")
    git(repository.root, "config", "user.email", "test@localhost")

    assert adopt(repository, source) == 1
    assert "what isn't committed there stays behind" in capsys.readouterr().err

    repository.commit()
    log = ["git", "log", "--format=%s", "--all"]
    done = subprocess.run(
        log, cwd=repository.root, capture_output=True, check=True, timeout=60
    )
    assert b"old work" in done.stdout
    assert not (repository.root / "libs/price_list/noxfile.py").exists()
    assert (
        git(
            repository.root, "diff", "--quiet", "HEAD^2:src", "HEAD:libs/price_list/src"
        )
        == 0
    )


@pytest.mark.parametrize("has_history", [False, True])
def test_a_workspace_moves_in_one_call(
    repository: Repository,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    has_history: bool,
) -> None:
    git(repository.root, "config", "user.name", "test")
    git(repository.root, "config", "user.email", "test@localhost")
    source = write(
        tmp_path / "old",
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
            "packages/rates/pyproject.toml": '[project]\nname = "rates"\n',
            "packages/rates/src/rates/__init__.py": "A = 1\n",
            "packages/shop/pyproject.toml": '[project]\nname = "shop"\ndependencies = ["rates"]\n',
            "packages/shop/src/shop/__init__.py": "from rates import A\n",
            "packages/shop/tests/test_shop.py": "import shop\n\ndef test_a(): pass\n",
        },
    )

    if has_history:
        commit(source)

    assert adopt(repository, source) == 0, capsys.readouterr().err

    assert (repository.root / ".git/MERGE_HEAD").exists() is has_history
    assert '"//libs/rates"' in repository.read("libs/shop/BUILD.bazel")
    assert '"//libs/shop/..."' in repository.read("libs/rates/BUILD.bazel")
    assert repository.read("requirements.in") == "pytest\n"
