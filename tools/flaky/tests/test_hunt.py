"""Tests of a hunt, with a Bazel that leaves XML files."""

import sys
from pathlib import Path

import pytest

from tools.flaky import __main__ as command
from tools.flaky.worlds import worlds
from tools.schemas.check import checked

# Answers a query; fails a case in one of three runs where tests are crowded.
BAZEL = """\
#!{python}
import pathlib, sys
words = sys.argv[1:]
root = pathlib.Path.cwd()
if words[0] == "query":
    print({tests!r})
elif words[0] == "info":
    print(root / "logs")
elif words[0] == "test":
    runs = int([it for it in words if "runs_per_test" in it][0].partition("=")[2])
    crowded = any("local_test_jobs" in it for it in words)
    for run in range(runs):
        red = crowded and run % 3 == 0
        fault = "<failure message='slow'>late</failure>" if red else ""
        folder = root / "logs/libs/x/test" / f"run_{{run}}"
        folder.mkdir(parents=True, exist_ok=True)
        text = f"<testsuite><testcase classname='a' name='b'>{{fault}}</testcase></testsuite>"
        (folder / "test.xml").write_text(text)
    sys.exit({code})
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a workspace."""
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    return tmp_path


def write_bazel(root: Path, tests: str = "//libs/x:test", code: int = 3) -> None:
    """Write the workspace's Bazel."""
    file = root / "bazelw"
    file.write_text(BAZEL.format(python=sys.executable, tests=tests, code=code))
    file.chmod(0o755)


def test_case_that_fails_now_and_then_is_named_with_its_rate(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_bazel(root)

    assert command.main(["//libs/x/..."]) == 1

    said = capsys.readouterr()
    assert "//libs/x:test a::b: failed 4 of 30 runs, 5% to 30% with 95 %" in said.out
    assert "crowded: 2" in said.out
    assert "slow" in said.out
    assert "another order, crowded: bazel test --test_env=TEST_ORDER_SEED=" in said.err


def test_program_gets_the_same(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bazel(root)

    assert command.main(["--format=json", "--runs=15"]) == 1

    got = checked("flaky", capsys.readouterr().out)
    assert got["cases"] == 1
    assert got["failed"][0]["case"] == "a::b"
    assert (got["failed"][0]["runs"], got["failed"][0]["failures"]) == (15, 2)


@pytest.mark.parametrize(
    ("tests", "code", "wanted"),
    [("", 0, "no test is asked for"), ("//libs/x:test", 1, "bazel")],
)
def test_hunt_that_ran_nothing_is_no_answer(
    root: Path,
    capsys: pytest.CaptureFixture[str],
    tests: str,
    code: int,
    wanted: str,
) -> None:
    write_bazel(root, tests, code)

    assert command.main([]) == 2
    assert wanted in capsys.readouterr().err.lower()


def test_another_seed_is_another_order() -> None:
    first, second = worlds(1), worlds(10)

    assert [world.name for world in first] == [world.name for world in second]
    assert first[0] == second[0]
    assert all(a.flags != b.flags for a, b in zip(first[1:], second[1:], strict=True))
