"""Tests of the analysis, against coverage.py's own report of the same tests."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.test_coverage.analyse.analyser import Analyser, AnalysisError
from tools.test_coverage.analyse.raw_coverage import RawFile, Sources
from tools.test_coverage.collect.raw_record import read_records, write_records
from tools.test_coverage.data.file_coverage import Branch, FileCoverage, Function

SOURCE = '''\
"""A module of everything that branches."""

import contextlib


def sign(number):
    if number < 0:
        return "negative"
    return "positive"


def loop(items):
    for item in items:
        if not item:
            continue
        if item > 9:
            break
    else:
        return None
    while items:
        items = items[:-1]
    return [i for i in items if i]


def match(value):
    match value:
        case 1:
            return "one"
        case [first, *_]:
            return first
        case _:
            pass


def attempt(action):
    try:
        with contextlib.suppress(KeyError):
            action()
    except (
        ValueError,
        TypeError,
    ):
        return "caught"
    finally:
        action = None
    return (
        "fine"
        if action
        else "none"
    )


class Shape:
    """One-line bodies."""

    def area(self): return 1

    def debug(self):  # pragma: no cover
        return "excluded"


later = lambda x: 1 if x else 2
'''

CALLS = (
    "m['sign'](1)",
    "m['sign'](-1)",
    "m['loop']([])",
    "m['loop']([0, 1])",
    "m['loop']([10])",
    "m['match'](1)",
    "m['match']([2])",
    "m['match'](None)",
    "m['attempt'](dict)",
    "m['attempt'](lambda: {}['x'])",
    "m['attempt'](lambda: int('x'))",
    "m['Shape']().area()",
    "m['later'](0)",
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "module.py"
    path.write_text(SOURCE)
    return path


@pytest.fixture
def seen(source: Path, tmp_path: Path) -> Callable[..., str]:
    """Give what one process of its own sees when it makes some calls."""

    def run(core: str, *calls: str) -> str:
        script = tmp_path / "run.py"
        script.write_text(
            "import coverage, json, runpy, sys\n"
            "cov = coverage.Coverage(data_file=None, branch=True, config_file=False,\n"
            f"    include=[{str(source)!r}])\n"
            f"cov.set_option('run:core', {core!r})\n"
            "cov.start()\n"
            f"m = runpy.run_path({str(source)!r})\n"
            f"for text in {calls!r}:\n    eval(text, {{'m': m}})\n"
            "cov.stop()\n"
            f"print(json.dumps(sorted(cov.get_data().arcs({str(source)!r}))))\n"
        )
        command = [sys.executable, str(script)]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=60
        ).stdout

    return run


def analyse(source: Path, *seen: str, settings: str = "") -> FileCoverage:
    """Analyse a file of which each test has left these arcs."""
    file = source.with_name("pyproject.toml")
    file.write_text(settings)
    raw = RawFile()
    for number, arcs in enumerate(seen):
        raw.arcs.setdefault(arcs, []).append(f"//:{number}")
    return Analyser(Sources(source.parent, file))((source.name, raw))


@pytest.mark.parametrize("core", ["sysmon", "ctrace"])
def test_tests_of_their_own_give_what_one_process_gives(
    source: Path, seen: Callable[..., str], core: str
) -> None:
    whole = analyse(source, seen(core, *CALLS))

    got = analyse(source, *(seen(core, text) for text in CALLS))

    assert {line for line, count in got.lines.items() if count} == {
        line for line, count in whole.lines.items() if count
    }
    assert {way for way, count in got.branches.items() if count} == {
        way for way, count in whole.branches.items() if count
    }
    assert got.lines.keys() == whole.lines.keys()
    assert got.branches.keys() == whole.branches.keys()


def test_report_is_that_of_coverage_py(source: Path, seen: Callable[..., str]) -> None:
    calls = CALLS[:5]
    script = source.parent / "report.py"
    out = source.parent / "own.json"
    script.write_text(
        "import coverage, runpy\n"
        "cov = coverage.Coverage(data_file=None, branch=True, config_file=False,\n"
        f"    include=[{str(source)!r}])\n"
        "cov.start()\n"
        f"m = runpy.run_path({str(source)!r})\n"
        f"for text in {calls!r}:\n    eval(text, {{'m': m}})\n"
        "cov.stop()\n"
        f"cov.json_report(outfile={str(out)!r})\n"
    )
    subprocess.run(
        [sys.executable, str(script)], check=True, cwd=source.parent, timeout=60
    )
    (own,) = json.loads(out.read_text())["files"].values()

    got = analyse(source, *(seen("sysmon", text) for text in calls))

    assert sorted(line for line, n in got.lines.items() if n) == own["executed_lines"]
    assert (
        sorted(line for line, n in got.lines.items() if not n) == own["missing_lines"]
    )
    for ran, key in ((True, "executed_branches"), (False, "missing_branches")):
        ours = sorted(
            [b.line, b.target] for b, n in got.branches.items() if (n > 0) == ran
        )
        theirs = sorted([line, max(target, 0)] for line, target in own[key])
        assert ours == theirs


def test_untested_file_has_its_executable_lines_at_zero(source: Path) -> None:
    got = analyse(source)

    assert set(got.lines.values()) == {0}
    assert set(got.branches.values()) == {0}
    assert {3, 6, 7, 8, 9} <= got.lines.keys()
    assert Branch(7, 0, 8) in got.branches
    assert Function(6, "sign") in got.functions


def test_excluded_lines_and_functions_are_left_out(source: Path) -> None:
    got = analyse(source)

    number = SOURCE.splitlines().index('        return "excluded"') + 1
    assert number in got.excluded
    assert number not in got.lines
    assert "Shape.debug" not in {function.name for function in got.functions}


def test_counts_are_of_tests(source: Path, seen: Callable[..., str]) -> None:
    positive, negative = seen("sysmon", CALLS[0]), seen("sysmon", CALLS[1])

    got = analyse(source, *[positive] * 3, *[negative] * 2)

    assert (got.lines[7], got.lines[8], got.lines[9]) == (5, 2, 3)
    assert got.branches[Branch(7, 0, 8)] == 2
    assert got.branches[Branch(7, 0, 9)] == 3
    assert got.functions[Function(6, "sign")] == 5
    assert got.functions[Function(12, "loop")] == 0


def test_branch_that_was_never_taken_is_explained(
    source: Path, seen: Callable[..., str]
) -> None:
    got = analyse(source, seen("sysmon", CALLS[0]))

    assert got.reasons == {
        Branch(7, 0, 8): "line 7 didn't jump to line 8 because the condition on line 7 "
        "was never true"
    }


def test_several_exits_of_one_line_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text("def f(x):\n    if x: return lambda: [i for i in x if i]\n")

    got = analyse(path)

    assert len({branch for branch in got.branches if branch.line == 2}) == len(
        got.branches
    )


def test_second_function_of_a_name_gets_a_name_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text("def f():\n    return 1\n\n\ndef f():\n    return 2\n")

    got = analyse(path)

    assert [function.name for function in got.functions] == ["f", "f@5"]


def test_text_that_is_not_python_is_named_where_it_ran(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text("def f(:\n")

    with pytest.raises(AnalysisError, match=r"m\.py: found text that isn't Python"):
        analyse(path, write_records("//:t", {"m.py": [(1, 1)]}))


def test_nothing_can_run_in_text_that_is_not_python(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text("def f(:\n")

    assert analyse(path).lines == {}


def test_settings_exclude_lines(source: Path) -> None:
    settings = '[tool.coverage.report]\nexclude_also = ["def sign"]\n'

    got = analyse(source, settings=settings)

    assert {6, 7, 8, 9} <= got.excluded


def test_write_records_are_what_is_analysed(source: Path) -> None:
    text = write_records("//:t", {"module.py": [(6, 6), (7, 7), (7, 9), (9, 9)]})

    got = analyse(source, read_records(text).records[0].arcs)

    assert (got.lines[7], got.lines[8], got.lines[9]) == (1, 0, 1)
    assert got.branches[Branch(7, 0, 9)] == 1


def test_counts_of_other_collectors_are_added(tmp_path: Path) -> None:
    for name, text in (("m.py", "a = 1\n"), ("settings.toml", "")):
        (tmp_path / name).write_text(text)
    analyser = Analyser(Sources(tmp_path, tmp_path / "settings.toml"))
    raw = RawFile({"[[1,1]]": ["//:t"]}, FileCoverage({1: 2}))

    assert analyser(("m.py", raw)).lines == {1: 3}
    assert analyser(("m.rs", raw)) == raw.other
