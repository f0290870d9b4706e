"""Tests of how the tests of a project with settings of its own run."""

from pathlib import Path

import pytest

from tools.testing.tests.scratch import Run, Scratch

SETTINGS = """\
[tool.pytest.ini_options]
addopts = ["--strict-markers"]
markers = ["slow"]
"""
TEST = """\
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

@pytest.mark.slow
def test_settings_are_its_own():
    warnings.warn("an error in the repository, and none in the project")

def test_it_starts_in_its_folder():
    assert Path("tests/data.txt").read_text() == "text"
    assert Path(__file__).parent == Path.cwd() / "tests"

def test_it_writes_and_starts_what_lies_beside_it():
    Path("tests/data.txt").write_text("other")
    Path(__file__).with_name("new.txt").write_text("new")
    program = Path(__file__).with_name("program.py")
    program.write_text("import beside")
    program.with_name("beside.py").touch()
    subprocess.run([sys.executable, program], check=True)
"""


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    scratch = Scratch(tmp_path)
    source = tmp_path / "workspace"
    source.mkdir()
    (source / "data.txt").write_text("text")
    (source / "data.txt").chmod(0o444)
    scratch.write("libs/old/pyproject.toml", SETTINGS)
    scratch.write("libs/old/tests/test_a.py", TEST)
    (scratch.root / "libs/old/tests/data.txt").symlink_to(source / "data.txt")
    return scratch


def run(scratch: Scratch, **environ: str) -> Run:
    argument = "--project=libs/old/pyproject.toml"
    return scratch.run_files(["libs/old/tests/test_a.py"], argument, **environ)


def test_a_project_runs_in_a_copy_by_its_own_settings(
    scratch: Scratch, tmp_path: Path
) -> None:
    got = run(scratch)

    assert got.exit_code == 0, got.text
    assert "3 passed" in got.text
    assert 'classname="libs.old.tests.test_a"' in got.xml
    assert (tmp_path / "workspace/data.txt").read_text() == "text"
    assert not (scratch.root / "libs/old/tests/new.txt").exists()


def test_tests_that_a_projects_settings_all_leave_out_are_skipped(
    scratch: Scratch,
) -> None:
    settings = SETTINGS.replace('"]\nmarkers', '", "-k", "nothing"]\nmarkers')
    scratch.write("libs/old/pyproject.toml", settings)

    got = run(scratch)
    asked = run(scratch, TESTBRIDGE_TEST_ONLY="test_no_such")

    assert got.exit_code == 0, got.text + got.remark
    assert asked.exit_code == 1
    assert "3 skipped" in got.text
    assert got.xml.count('message="libs/old/pyproject.toml leaves it out"') == 3


def test_names_begin_at_the_root(scratch: Scratch) -> None:
    name = "libs/old/tests/test_a.py::test_it_starts_in_its_folder"

    got = run(scratch, TESTBRIDGE_TEST_ONLY=name)

    assert got.exit_code == 0, got.text
    assert "1 passed, 2 deselected" in got.text


def test_quarantined_cases_are_named_from_the_root(scratch: Scratch) -> None:
    name = "libs/old/tests/test_a.py::test_it_starts_in_its_folder"
    words = ["--project=libs/old/pyproject.toml", f"--quarantined={name}"]

    got = scratch.run_files(["libs/old/tests/test_a.py"], *words)

    assert got.exit_code == 0, got.text
    assert "2 passed, 1 xpassed" in got.text


def test_shards_share_the_tests_out(scratch: Scratch) -> None:
    shards = [
        run(scratch, TEST_TOTAL_SHARDS="2", TEST_SHARD_INDEX=str(number))
        for number in range(2)
    ]

    assert [shard.exit_code for shard in shards] == [0, 0], shards
    assert sum(shard.xml.count("<testcase") for shard in shards) == 3
