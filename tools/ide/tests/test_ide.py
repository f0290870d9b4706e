"""Tests of the environment and the settings, by the real uv and a wheel made here."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tools.ide.__main__ import import_roots, put_settings
from tools.ide.environment import Environment, SetupError

METADATA = "Metadata-Version: 2.1\nName: pkg\nVersion: 1\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
# As tools/debian/bazel: `--enter PROGRAM ARGUMENT…`.
ENTER = '#!/bin/sh\nshift\nENTERED=yes exec "$@"\n'


def make_wheel(folder: Path) -> str:
    """Make an index of a distribution with a program, and return how a lock names it."""
    file = folder / "pkg-1-py3-none-any.whl"
    page = folder / "index/pkg/index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<a href="{file.as_uri()}">{file.name}</a>')
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr("pkg.py", "def main():\n    print('pkg runs')\n")
        wheel.writestr("pkg-1.dist-info/METADATA", METADATA)
        wheel.writestr("pkg-1.dist-info/WHEEL", WHEEL)
        entry_points = "[console_scripts]\npkg = pkg:main\n"
        wheel.writestr("pkg-1.dist-info/entry_points.txt", entry_points)
        wheel.writestr("pkg-1.dist-info/RECORD", "")
    return f"pkg==1 --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    root = tmp_path / "root"
    (root / "libs").mkdir(parents=True)
    (root / "libs/shop.py").write_text("PRICE = 3\n")
    (root / "requirements_lock.txt").write_text(make_wheel(tmp_path))
    environ = {
        **{
            name: value
            for name, value in os.environ.items()
            if name != "MONOREPO_ENTER"
        },
        "UV_DEFAULT_INDEX": (tmp_path / "index").as_uri(),
        "UV_CACHE_DIR": str(tmp_path / "cache"),
    }
    uv = next(path for path in os.environ["UV"].split() if path.endswith("/bin/uv"))
    return Environment(root, Path(uv).absolute(), ("src",), environ)


def run(*command: str | Path) -> str:
    return subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=60
    ).stdout


def test_programs_and_first_party_code_are_there(environment: Environment) -> None:
    assert not environment.is_current()
    environment.make()

    assert environment.is_current()
    programs = environment.folder / "bin"
    assert run(programs / "pkg") == "pkg runs\n"
    source = "import libs.shop; print(libs.shop.PRICE, libs.shop.__file__)"
    file = environment.root / "libs/shop.py"
    assert run(programs / "python", "-c", source) == f"3 {file}\n"


def test_python_enters_the_root_of_its_line(
    environment: Environment, tmp_path: Path
) -> None:
    enter = tmp_path / "enter here"
    enter.write_text(ENTER)
    enter.chmod(0o755)
    entered = replace(
        environment, environ={**environment.environ, "MONOREPO_ENTER": str(enter)}
    )

    # The second finds all of it there.
    entered.make()
    entered.make()

    programs = entered.folder / "bin"
    source = "import os, sys; print(os.environ['ENTERED'], sys.prefix)"
    for name in ("python", "python3"):
        assert run(programs / name, "-c", source) == f"yes {entered.folder}\n"
    assert (programs / "pkg").read_text().startswith(f"#!{programs}/python\n")
    assert run(programs / "pkg") == "pkg runs\n"
    assert not environment.is_current()


def test_another_lock_makes_it_anew_and_takes_away(environment: Environment) -> None:
    environment.make()
    (environment.root / "requirements_lock.txt").write_text("")

    assert not environment.is_current()
    environment.make()

    assert environment.is_current()
    assert not (environment.folder / "bin/pkg").exists()


def test_what_is_not_what_the_lock_says_is_refused(environment: Environment) -> None:
    lock = environment.root / "requirements_lock.txt"
    lock.write_text(f"pkg==1 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(SetupError, match=r"(?s)\.venv: uv couldn't install .*\nFix: "):
        environment.make()

    assert not environment.is_current()


def test_settings_that_are_there_stay(tmp_path: Path) -> None:
    source, folder = tmp_path / "source", tmp_path / ".vscode"
    for place, text in ((source, "ours"), (folder, "theirs")):
        place.mkdir()
        (place / "settings.json").write_text(text)
    (source / "tasks.json").write_text("ours")

    assert put_settings(source, folder) == [folder / "tasks.json"]

    assert (folder / "settings.json").read_text() == "theirs"


def test_pyright_is_told_the_python_of_the_build() -> None:
    settings = json.loads(Path("tools/ide/pyright/pyrightconfig.json").read_text())

    assert settings["pythonVersion"] == ".".join(map(str, sys.version_info[:2]))


def test_import_roots_are_those_of_targets(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True, timeout=30)
    (tmp_path / "libs/a/src").mkdir(parents=True)
    (tmp_path / "libs/a/src/a.py").touch()
    (tmp_path / "libs/a/BUILD.bazel").write_text(
        'py_library(name = "a", srcs = ["src/a.py"], imports = ["src", "gone"])\n'
    )

    assert import_roots(tmp_path) == ("libs/a/src",)
