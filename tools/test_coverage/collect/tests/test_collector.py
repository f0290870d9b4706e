"""Tests of what a measured run of pytest leaves, by running the runner as `bazel coverage` does."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.test_coverage.collect.child_process.sitecustomize import split_options
from tools.test_coverage.collect.collector import (
    Measured,
    find_measured,
    measurable,
    plain,
    short_path,
)

LIBRARY = """\
import sys


def sign(number):
    if number < 0:
        return "negative"
    return "positive"


if __name__ == "__main__":
    print(sign(int(sys.argv[1])))
"""
IMPORTED = {1, 4, 10}
TARGET = "//case:test_case"
# What isn't for the inner run: Bazel's word to the outer one, and its measuring.
OUTER = {
    "MONOREPO_COVERAGE_SETTINGS",
    "TESTBRIDGE_TEST_ONLY",
    "TEST_SHARD_INDEX",
    "TEST_TIMEOUT",
    "TEST_TMPDIR",
    "TEST_TOTAL_SHARDS",
    "XML_OUTPUT_FILE",
}
RUNNER = Path("tools/testing/pytest_main.py").absolute()


@dataclass(frozen=True)
class Run:
    """What one measured run left."""

    exit_code: int
    text: str
    report: str | None

    def arcs(self, path: str) -> set[tuple[int, int]]:
        """Return the arcs that were seen in a file."""
        assert self.report is not None, self.text
        _, found, section = self.report.partition(f"SF:{path}\n#arcs ")
        assert found, self.report
        return {(start, end) for start, end in json.loads(section.partition("\n")[0])}

    def lines(self, path: str) -> set[int]:
        """Return the lines that ran in a file."""
        return {line for arc in self.arcs(path) for line in arc if line > 0}


class Scratch:
    """A tree of runfiles with one library and one test."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "runfiles" / "_main"
        self.coverage = folder / "coverage"
        self.coverage.mkdir()
        self.write("pyproject.toml", "[tool.pytest]\n")
        self.write("case/library.py", LIBRARY)
        self.manifest = ["case/library.py", "case/data.txt", "case/absent.py"]

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def run(self, test: str, **environ: str) -> Run:
        self.write("case/test_case.py", test)
        manifest = self.coverage / "manifest.txt"
        manifest.write_text("\n".join(self.manifest))
        path = [str(self.root), *filter(None, [os.environ.get("PYTHONPATH")])]
        done = subprocess.run(
            [sys.executable, str(RUNNER), "--test-file=case/test_case.py"],
            cwd=self.root,
            env={
                **{key: os.environ[key] for key in os.environ if key not in OUTER},
                "PYTHONPATH": os.pathsep.join(path),
                "COVERAGE_DIR": str(self.coverage),
                "COVERAGE_MANIFEST": str(manifest),
                "TEST_SRCDIR": str(self.root.parent),
                "TEST_WORKSPACE": "_main",
                "TEST_TARGET": TARGET,
                **environ,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        report = self.coverage / "python.dat"
        return Run(
            done.returncode,
            done.stdout + done.stderr,
            report.read_text() if report.exists() else None,
        )


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def test_lines_and_arcs_of_a_library_are_left(scratch: Scratch) -> None:
    got = scratch.run(
        "from case import library\n\n\ndef test_sign():\n    assert library.sign(1)\n"
    )

    assert got.exit_code == 0, got.text
    assert got.lines("case/library.py") == IMPORTED | {5, 7}
    assert (5, 7) in got.arcs("case/library.py")
    assert got.report is not None
    assert got.report.startswith(f"TN:{TARGET}\nSF:case/library.py\n#arcs ")
    assert "test_case.py" not in got.report


def test_a_test_of_no_python_file_leaves_its_name(scratch: Scratch) -> None:
    got = scratch.run("def test_nothing():\n    pass\n")

    assert got.report == f"TN:{TARGET}\n"


def test_failing_test_leaves_what_ran(scratch: Scratch) -> None:
    got = scratch.run(
        "from case import library\n\n\ndef test_sign():\n    assert not library.sign(1)\n"
    )

    assert got.exit_code == 1
    assert got.lines("case/library.py") == IMPORTED | {5, 7}


def test_crash_leaves_no_half_written_report(scratch: Scratch) -> None:
    got = scratch.run(
        "import os\nfrom case import library\n\n\ndef test_sign():\n    os.abort()\n"
    )

    assert got.exit_code == 128 + signal.SIGABRT
    assert got.report is None


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("['-m', 'case.library', '-3']", id="module"),
        pytest.param("['case/library.py', '-3']", id="file"),
        pytest.param(
            "['-c', 'from case import library; library.sign(-3)']", id="command"
        ),
    ],
)
def test_subprocess_is_counted(scratch: Scratch, command: str) -> None:
    got = scratch.run(
        "import subprocess, sys\n\n\ndef test_sign():\n"
        f"    subprocess.run([sys.executable, *{command}], check=True)\n"
    )

    assert got.exit_code == 0, got.text
    assert {5, 6} <= got.lines("case/library.py")
    assert 7 not in got.lines("case/library.py")


def test_child_with_an_import_path_of_its_own_is_counted(scratch: Scratch) -> None:
    got = scratch.run(
        "import os, subprocess, sys\n\n\ndef test_sign():\n"
        "    environ = os.environ | {'PYTHONPATH': os.pathsep.join(sys.path)}\n"
        "    command = [sys.executable, '-m', 'case.library', '-3']\n"
        "    subprocess.run(command, check=True, env=environ)\n"
    )

    assert got.exit_code == 0, got.text
    assert {5, 6} <= got.lines("case/library.py")


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_multiprocessing_is_counted(scratch: Scratch, method: str) -> None:
    got = scratch.run(
        "import multiprocessing\nfrom case import library\n\n\ndef test_sign():\n"
        f"    context = multiprocessing.get_context('{method}')\n"
        "    process = context.Process(target=library.sign, args=(-3,))\n"
        "    process.start()\n    process.join()\n    assert process.exitcode == 0\n"
    )

    assert got.exit_code == 0, got.text
    assert got.lines("case/library.py") == IMPORTED | {5, 6}


def test_pool_that_is_terminated_is_counted(scratch: Scratch) -> None:
    got = scratch.run(
        "import multiprocessing\nfrom case import library\n\n\ndef test_sign():\n"
        "    with multiprocessing.get_context('spawn').Pool(2) as pool:\n"
        "        assert pool.map(library.sign, [-3, -4]) == ['negative'] * 2\n"
    )

    assert got.exit_code == 0, got.text
    assert got.lines("case/library.py") == IMPORTED | {5, 6}


def test_fork_that_ends_without_clean_up_is_counted(scratch: Scratch) -> None:
    got = scratch.run(
        "import os, warnings\nfrom case import library\n\n\ndef test_sign():\n"
        "    child = os.fork()\n    if child == 0:\n        library.sign(-3)\n"
        "        os._exit(0)\n    os.waitpid(child, 0)\n"
    )

    assert got.exit_code == 0, got.text
    assert got.lines("case/library.py") == IMPORTED | {5, 6}


def test_server_that_is_told_to_end_is_counted(scratch: Scratch) -> None:
    scratch.write(
        "case/server.py",
        "import time\nfrom case import library\nlibrary.sign(-3)\n"
        "print('ready', flush=True)\ntime.sleep(60)\n",
    )
    got = scratch.run(
        "import subprocess, sys\n\n\ndef test_sign():\n"
        "    command = [sys.executable, '-m', 'case.server']\n"
        "    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)\n"
        "    with server:\n        assert server.stdout.readline() == 'ready\\n'\n"
        "        server.terminate()\n    assert server.returncode == -15\n"
    )

    assert got.exit_code == 0, got.text
    assert {5, 6} <= got.lines("case/library.py")


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(
            "with measuring._collector.tracers[0].lock:\n    end()", id="started"
        ),
        pytest.param("with measuring._collector.data_lock:\n    end()", id="seen"),
        pytest.param(
            "stop = measuring._collector.stop\n"
            "measuring._collector.stop = lambda: (stop(), end())\n"
            "measuring.stop()",
            id="stopping",
        ),
    ],
)
def test_process_that_ends_while_it_is_measured_is_counted(
    scratch: Scratch, moment: str
) -> None:
    scratch.write(
        "case/ending.py",
        "import os, signal, coverage\nfrom case import library\nlibrary.sign(-3)\n"
        "end = lambda: os.kill(os.getpid(), signal.SIGTERM)\n"
        f"measuring = coverage.Coverage.current()\n{moment}\n",
    )
    got = scratch.run(
        "import subprocess, sys\n\n\ndef test_sign():\n"
        "    command = [sys.executable, '-m', 'case.ending']\n"
        "    assert subprocess.call(command, timeout=20) == -15\n"
    )

    assert got.exit_code == 0, got.text
    assert {5, 6} <= got.lines("case/library.py")


def test_threads_are_counted(scratch: Scratch) -> None:
    got = scratch.run(
        "import threading\nfrom case import library\n\n\ndef test_sign():\n"
        "    thread = threading.Thread(target=library.sign, args=(-3,))\n"
        "    thread.start()\n    thread.join()\n    library.sign(3)\n"
    )

    assert got.lines("case/library.py") == IMPORTED | {5, 6, 7}


def test_coroutines_are_counted(scratch: Scratch) -> None:
    scratch.write(
        "case/library.py",
        "import asyncio\n\n\nasync def nap(awake):\n    if awake:\n"
        "        await asyncio.sleep(0)\n    return awake\n",
    )
    got = scratch.run(
        "import asyncio\nfrom case import library\n\n\nasync def both():\n"
        "    await asyncio.gather(library.nap(True), library.nap(False))\n\n\n"
        "def test_nap():\n    asyncio.run(both())\n"
    )

    assert got.exit_code == 0, got.text
    assert got.lines("case/library.py") == {1, 4, 5, 6, 7}
    assert {(5, 6), (5, 7)} <= got.arcs("case/library.py")


@pytest.mark.parametrize("name", ["child_program", "isolated_program"])
def test_program_of_another_target_is_counted(scratch: Scratch, name: str) -> None:
    program = Path("tools/test_coverage/collect/tests", name).resolve()
    source = Path(f"tools/test_coverage/collect/tests/{name}.py").resolve()
    (scratch.root / "case" / f"{name}.py").symlink_to(source)
    scratch.manifest.append(f"case/{name}.py")

    got = scratch.run(
        "import subprocess\n\n\ndef test_program():\n"
        f"    done = subprocess.run(['{program}'], capture_output=True, text=True)\n"
        "    assert done.stdout == '0 folders of coverage.py\\n', done\n"
    )

    assert got.exit_code == 0, got.text
    assert {3, 5, 6} <= got.lines(f"case/{name}.py")


def test_options_of_the_interpreter_stand_before_the_program() -> None:
    got = split_options(["-I", "-X", "dev", "program.py", "-v"])

    assert got == (["-I", "-X", "dev"], ["program.py", "-v"])


def test_own_sitecustomize_of_a_child_still_runs(scratch: Scratch) -> None:
    scratch.write("sitecustomize.py", "import os\nos.environ['SEEN'] = 'yes'\n")
    got = scratch.run(
        "import subprocess, sys\n\n\ndef test_child():\n"
        "    code = 'import os; print(os.environ[\"SEEN\"])'\n"
        "    command = [sys.executable, '-c', code]\n"
        "    assert subprocess.check_output(command, text=True) == 'yes\\n'\n"
    )

    assert got.exit_code == 0, got.text


def test_warning_of_the_code_under_test_is_still_an_error(scratch: Scratch) -> None:
    scratch.write("pyproject.toml", '[tool.pytest]\nfilterwarnings = ["error"]\n')
    got = scratch.run("import warnings\n\n\ndef test_it():\n    warnings.warn('x')\n")

    assert got.exit_code == 1


def test_runner_is_measured_only_where_it_is_under_test() -> None:
    runner = ["tools/testing/request.py", "tools/test_coverage/collect/collector.py"]
    manifest = [*runner, "libs/ml/model.py", "libs/ml/data.csv"]

    assert measurable(manifest, "//libs/ml/tests:test_model") == ["libs/ml/model.py"]
    for folder in ("tools/testing", "tools/test_coverage/collect"):
        assert measurable(manifest, f"@@//{folder}/tests:t") == manifest[:3]


def test_generated_file_is_found_beside_the_sources(tmp_path: Path) -> None:
    generated = "bazel-out/k8-fastbuild/bin/libs/x/made.py"
    real = tmp_path / "execroot" / generated
    real.parent.mkdir(parents=True)
    real.write_text("")
    runfiles = tmp_path / "runfiles"
    (runfiles / "libs/x").mkdir(parents=True)
    (runfiles / "libs/x/made.py").symlink_to(real)

    got = find_measured([generated], runfiles)

    assert short_path(generated) == "libs/x/made.py"
    root = str(tmp_path / "execroot/bazel-out/k8-fastbuild/bin")
    assert got == Measured({str(real): generated}, (root,))


def test_pattern_takes_special_characters_literally() -> None:
    assert plain("/a[1]/b*") == "/a?1?/b?"
