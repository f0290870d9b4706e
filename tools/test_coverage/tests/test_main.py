"""Tests of whole runs of the program, with a program in Bazel's place."""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

import pytest

from tools.test_coverage import __main__ as program
from tools.test_coverage.collect.raw_record import write_records
from tools.test_coverage.report import generator

# Does what `bazel coverage` and `bazel info output_path` do, as the program sees it.
BAZEL = """\
import shutil, sys
from pathlib import Path

root = Path({root!r})
command, *arguments = sys.argv[1:]
with (root / "calls.txt").open("a") as calls:
    print(command, *arguments, file=calls)
if command == "info":
    print(root / "execroot/bazel-out")
    raise SystemExit(0)
output = root / "execroot/bazel-out"
if (root / "next").exists():
    shutil.rmtree(output, ignore_errors=True)
    # Bazel writes each report anew.
    shutil.copytree(root / "next", output, copy_function=shutil.copyfile)
raise SystemExit(int((root / "exit_code").read_text()))
"""
SOURCE = "def f(x):\n    if x:\n        return 1\n    return 2\n"
ALL = [(1, 1), (2, 2), (2, 3), (3, 3), (2, 4), (4, 4)]


class World:
    """A workspace of two libraries, and what the next run of Bazel leaves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = folder / "workspace"
        for path in ("libs/a/x.py", "libs/b/y.py"):
            self.write(path, SOURCE)
        (folder / "bazel.py").write_text(BAZEL.format(root=str(folder)))
        command = shlex.join([sys.executable, str(folder / "bazel.py")])
        self.write("bazelw", f'#!/bin/sh\nexec {command} "$@"\n')
        (self.workspace / "bazelw").chmod(0o755)
        self.saved = folder / "run.json.gz"
        self.site = folder / "site"

    def write(self, path: str, text: str) -> None:
        (self.workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (self.workspace / path).write_text(text)

    def next_run(
        self, *, exit_code: int = 0, xml: Mapping[str, str] | None = None, **tests: str
    ) -> None:
        """Have the next run leave what these tests left, reported as Bazel has it done."""
        (self.folder / "exit_code").write_text(str(exit_code))
        following = self.folder / "next"
        shutil.rmtree(following, ignore_errors=True)
        output = following / "_coverage" / "_coverage_report.dat"
        output.parent.mkdir(parents=True)
        listed = []
        for name, text in tests.items():
            path = following / "k8" / "testlogs" / "libs" / name / "coverage.dat"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            if xml and name in xml:
                path.with_name("test.xml").write_text(xml[name])
            listed.append(str(path))
        (self.folder / "reports.txt").write_text("\n".join(listed))
        arguments = [f"--reports_file={self.folder}/reports.txt"]
        with chdir(self.workspace):
            assert generator.main([*arguments, f"--output_file={output}"]) == 0

    def run(self, *arguments: str) -> int:
        return program.main([f"--saved={self.saved}", *arguments])

    def page(self, *arguments: str) -> str:
        assert self.run(f"--output={self.site}", *arguments) == 0
        return (self.site / "index.html").read_text()

    def calls(self) -> list[str]:
        return (self.folder / "calls.txt").read_text().splitlines()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(tmp_path)
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(world.workspace))
    monkeypatch.setenv("BUILD_WORKING_DIRECTORY", str(world.workspace))
    # It says where the Bazel that runs this test keeps its outputs.
    monkeypatch.delenv("RUNFILES_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    return world


def records(label: str, *paths: str) -> str:
    return write_records(label, dict.fromkeys(paths, ALL))


def test_page_of_everything_is_written(world: World) -> None:
    world.next_run(
        one=records("//libs:one", "libs/a/x.py"), base="SF:libs/b/y.py\nend_of_record\n"
    )

    text = world.page()

    assert world.calls() == ["coverage //...", "info --noshow_progress output_path"]
    assert '<strong id="total-lines">50.0 %</strong> of 8 lines' in text
    page = (world.site / "files/libs/a/x.py.html").read_text()
    assert "//libs:one" in page


def test_run_over_some_targets_carries_the_rest_forward_and_says_so(
    world: World,
) -> None:
    one = records("//libs:one", "libs/a/x.py")
    two = records("//libs:two", "libs/b/y.py")
    world.next_run(one=one, two=two)
    world.page()
    world.next_run(one=one)

    text = world.page("//libs/a/...")

    assert world.calls()[-2] == "coverage //libs/a/..."
    assert "Only //libs/a/... ran: 1 other tests are of the last saved run." in text
    assert '<strong id="total-lines">100.0 %</strong> of 8 lines' in text


def test_what_was_carried_of_an_edited_file_is_left_out_and_said(world: World) -> None:
    world.next_run(two=records("//libs:two", "libs/b/y.py"))
    world.page()
    world.write("libs/b/y.py", SOURCE + "\n\nmore = 1\n")
    world.next_run(one=records("//libs:one", "libs/a/x.py"))

    text = world.page("//libs/a/...")

    assert "libs/b/y.py changed since" in text
    assert '<strong id="total-lines">44.4 %</strong> of 9 lines' in text


def test_failing_test_is_said_and_fails_the_run(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    world.next_run(exit_code=3, one=records("//libs:one", "libs/a/x.py"), two="")

    assert world.run(f"--output={world.site}") == 1

    text = (world.site / "index.html").read_text()
    assert "libs/two left no coverage" in text
    assert "libs/two left no coverage" in capfd.readouterr().err


def test_test_that_passed_and_is_not_measured_is_no_failure(world: World) -> None:
    xml = '<testsuites><testsuite name="two" failures="0"/></testsuites>'
    one = records("//libs:one", "libs/a/x.py")
    world.next_run(one=one, two="", xml={"two": xml})

    text = world.page()

    assert '<span title="libs/two">1 more aren\'t measured' in text
    assert "left no coverage" not in text


def test_failure_that_the_xml_tells_is_said(world: World) -> None:
    xml = '<testcase name="two"><error message="exit 1"/></testcase>'
    one = records("//libs:one", "libs/a/x.py")
    world.next_run(exit_code=3, one=one, two="", xml={"two": xml})

    assert world.run(f"--output={world.site}") == 1

    assert "libs/two left no coverage" in (world.site / "index.html").read_text()


def test_broken_build_writes_no_page(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    world.next_run(exit_code=1)

    assert world.run(f"--output={world.site}") == 2

    assert not world.site.exists()
    assert "found exit code 1, wanted a report" in capfd.readouterr().err


def test_report_of_an_earlier_run_is_not_taken_for_this_one(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    world.next_run(one=records("//libs:one", "libs/a/x.py"))
    world.page()
    shutil.rmtree(world.folder / "next")
    combined = world.folder / "execroot/bazel-out/_coverage/_coverage_report.dat"
    os.utime(combined, (1, 1))
    capfd.readouterr()

    assert world.run(f"--output={world.site}") == 2

    assert capfd.readouterr().err == (
        f"{combined}: found the report of an earlier run, wanted one of this run.\n"
        "Fix: leave --combined_report=lcov and --coverage_report_generator as .bazelrc "
        "sets them, and run bazel coverage //...\n"
    )


def test_report_that_another_program_wrote_is_refused(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    world.next_run(one=records("//libs:one", "libs/a/x.py"))
    world.page()
    combined = world.folder / "execroot/bazel-out/_coverage/_coverage_report.dat"
    combined.write_text("SF:libs/a/x.py\nDA:1,1\nend_of_record\n")
    capfd.readouterr()

    assert world.run("--check") == 2

    assert f"{combined}: found another program's report" in capfd.readouterr().err


def test_trend_is_against_the_last_run(world: World) -> None:
    part = write_records("//libs:one", {"libs/a/x.py": [(1, 1)]})
    world.next_run(one=part)
    world.page()
    world.next_run(one=records("//libs:one", "libs/a/x.py"))

    text = world.page()

    assert "▲ 75.0" in text


IMPORTED = write_records("//libs:one", {"libs/a/x.py": [(1, 1)]})


def test_check_reads_the_last_report_and_runs_nothing(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    world.write("coverage.toml", "[floor]\nlines = 80\n")
    world.next_run(one=IMPORTED)
    world.run(f"--output={world.site}")
    capfd.readouterr()

    assert world.run("--check") == 1

    assert world.calls()[2:] == ["info --noshow_progress output_path"]
    got = capfd.readouterr()
    assert got.out == (
        "scope   of     floor  got     missing\n"
        "libs/a  lines  80 %   25.0 %  3\n"
        "    libs/a/x.py:2-4  3 lines, +75.0 %\n"
    )
    assert (
        "coverage: 25.0 % of lines, 0.0 % of branches; under the floor: libs/a"
        in got.err
    )


def test_report_of_the_bazel_that_built_the_program_is_found_without_asking(
    world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    world.write("coverage.toml", "[floor]\nlines = 25\n")
    world.next_run(one=IMPORTED)
    world.run(f"--output={world.site}")
    outputs = world.folder / "execroot/bazel-out"
    monkeypatch.setenv("RUNFILES_DIR", f"{outputs}/k8/bin/page.runfiles")
    capfd.readouterr()

    assert program.main(["--check"]) == 0

    assert world.calls()[2:] == []
    assert "coverage: 25.0 % of lines" in capfd.readouterr().err


def test_floors_that_hold_pass(world: World) -> None:
    world.write("coverage.toml", "[floor]\nlines = 25\n")
    world.next_run(one=IMPORTED)
    world.run(f"--output={world.site}")

    assert world.run("--check") == 0


def test_format_goes_to_stdout_alone(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    world.next_run(one=IMPORTED)
    world.run(f"--output={world.site}")
    capfd.readouterr()

    assert world.run("--format=markdown") == 0

    assert capfd.readouterr().out.startswith("## Coverage\n")


def test_last_writes_the_page_and_runs_nothing(world: World) -> None:
    world.next_run(one=records("//libs:one", "libs/a/x.py"))
    world.page()

    world.page("--last")

    assert world.calls()[2:] == ["info --noshow_progress output_path"]


def test_no_report_names_the_command(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    assert world.run("--check") == 2

    assert "Fix: bazel coverage //..." in capfd.readouterr().err


def test_tests_and_generated_files_are_brought_in_by_flags(world: World) -> None:
    world.next_run(one=records("//libs:one", "libs/a/x.py"))

    world.page("--with-tests", "--with-generated")

    assert world.calls()[0] == "coverage --config=tests --config=generated //..."


def test_outside_bazel_it_says_how_to_run_it(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BUILD_WORKSPACE_DIRECTORY", raising=False)

    assert program.main([]) == 2
    assert "Fix: start it by bazel run" in capfd.readouterr().err
