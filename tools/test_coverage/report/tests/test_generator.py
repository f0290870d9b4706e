"""Tests of the report generator, called as Bazel calls it."""

from pathlib import Path

import pytest

from tools.test_coverage.collect.raw_record import write_records
from tools.test_coverage.data import lcov
from tools.test_coverage.data.lcov import read
from tools.test_coverage.data.run import DATA, digest, load
from tools.test_coverage.report import generator

SOURCE = "def f(x):\n    if x:\n        return 1\n    return 2\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for path in ("libs/a.py", "libs/untested.py", "bazel-out/k8/bin/libs/made.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(SOURCE)
    return tmp_path


def run(root: Path, *texts: str, folder: str = "libs") -> tuple[int, Path]:
    listed = []
    for number, text in enumerate(texts):
        path = root / f"bazel-out/k8/testlogs/{folder}/{number}/coverage.dat"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        listed.append(str(path.relative_to(root)))
    (root / "reports.txt").write_text("\n".join(listed))
    output = root / "out.dat"
    arguments = ["--reports_file=reports.txt", f"--output_file={output}"]
    return generator.main(arguments), output


BASELINE = "SF:libs/a.py\nend_of_record\nSF:libs/untested.py\nend_of_record\n"


def test_untested_file_is_at_zero_and_tests_add_up(root: Path) -> None:
    one = write_records("//:one", {"libs/a.py": [(1, 1), (2, 2), (2, 3), (3, 3)]})
    two = write_records("//:two", {"libs/a.py": [(1, 1)]})

    code, output = run(root, BASELINE, one, two, "")

    assert code == 0
    got = read(output.read_text(), "out")
    assert got["libs/a.py"].lines == {1: 2, 2: 1, 3: 1, 4: 0}
    assert got["libs/untested.py"].lines == {1: 0, 2: 0, 3: 0, 4: 0}


def test_order_of_reports_changes_no_byte(root: Path) -> None:
    one = write_records("//:one", {"libs/a.py": [(1, 1), (2, 2), (2, 3), (3, 3)]})
    two = write_records("//:two", {"libs/a.py": [(1, 1)]})

    _, output = run(root, BASELINE, one, two)
    first = output.read_bytes()
    _, output = run(root, two, one, BASELINE)

    assert output.read_bytes() == first


def test_only_first_party_files_are_reported(root: Path) -> None:
    generated = "bazel-out/k8/bin/libs/made.py"
    names = ("/usr/lib/x.py", "external/pip/y.py", generated, "libs/data.csv")
    text = "".join(f"SF:{name}\nend_of_record\n" for name in (*names, "libs/a.py"))

    _, output = run(root, text)

    assert read(output.read_text(), "out").keys() == {"libs/a.py", generated}


def test_runner_is_reported_where_its_own_tests_run(root: Path) -> None:
    runner = root / "tools/testing/session.py"
    runner.parent.mkdir(parents=True)
    runner.write_text(SOURCE)
    text = f"{BASELINE}SF:tools/testing/session.py\nend_of_record\n"

    _, output = run(root, text)
    without = read(output.read_text(), "out").keys()
    _, output = run(root, text, folder="tools/testing/tests")

    assert without == {"libs/a.py", "libs/untested.py"}
    assert "tools/testing/session.py" in read(output.read_text(), "out")


def test_records_of_another_language_are_kept(root: Path) -> None:
    _, output = run(root, "SF:libs/x.rs\nDA:3,4\nend_of_record\n")

    assert read(output.read_text(), "out")["libs/x.rs"].lines == {3: 4}


def test_verdict_is_said_in_a_line(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    floors = root / "coverage.toml"
    floors.write_text('[floor]\nlines = 60\n[floor."libs/elsewhere"]\nlines = 60\n')
    monkeypatch.setattr(generator, "FLOORS", floors)
    one = write_records("//:one", {"libs/a.py": [(1, 1), (2, 2), (2, 3), (3, 3)]})

    code, _ = run(root, BASELINE, one)

    assert code == 0
    assert capsys.readouterr().out == (
        "coverage: 37.5 % of lines, 25.0 % of branches; under the floor: libs\n"
    )


def test_broken_source_fails_and_is_named(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "libs/a.py").write_text("def f(:\n")

    code, output = run(root, write_records("//:one", {"libs/a.py": [(1, 1)]}))

    assert code == 1
    assert "libs/a.py: found text that isn't Python" in capsys.readouterr().err
    assert not output.exists()


def test_source_that_is_not_python_and_never_ran_is_named(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "libs/a.py").write_text("def f(:\n")

    code, output = run(root, BASELINE)

    assert code == 0
    assert output.exists()
    assert "libs/a.py: found text that isn't Python" in capsys.readouterr().out


def test_broken_report_fails_and_is_named(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run(root, "SF:libs/a.py\nDA:1")

    assert code == 1
    assert "0/coverage.dat" in capsys.readouterr().err


def test_data_beside_the_report_says_which_tests_ran_each_line(root: Path) -> None:
    one = write_records("//:one", {"libs/a.py": [(1, 1), (2, 2), (2, 3), (3, 3)]})
    two = write_records("//:two", {"libs/a.py": [(1, 1)]})

    _, output = run(root, BASELINE, one, two, "")

    got = load(output.with_name(DATA))
    assert got
    assert lcov.write(got.files) == output.read_text()
    assert got.report == digest([output.read_bytes()])
    assert (got.tests, got.failed) == ({"//:one", "//:two"}, ("libs/3",))
    assert {
        group.tests: set(group.lines) for group in got.files["libs/a.py"].groups
    } == {
        ("//:one",): {1, 2, 3},
        ("//:two",): {1},
    }
    assert got.files["libs/untested.py"].groups == ()


def test_edit_to_a_file_is_counted_by_the_next_run(root: Path) -> None:
    one = write_records("//:one", {"libs/a.py": [(1, 1)]})
    run(root, BASELINE, one)
    (root / "libs/untested.py").write_text(f"{SOURCE}\n\nmore = 1\n")

    _, output = run(root, BASELINE, one)

    got = read(output.read_text(), "out")
    assert got["libs/untested.py"].lines == {1: 0, 2: 0, 3: 0, 4: 0, 7: 0}
    assert got["libs/a.py"].lines == {1: 1, 2: 0, 3: 0, 4: 0}


def test_run_that_changed_nothing_analyses_nothing_and_gives_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = write_records("//:one", {"libs/a.py": [(1, 1), (2, 2), (2, 3), (3, 3)]})
    _, output = run(root, BASELINE, one)
    first = output.read_bytes()
    output.unlink()
    # Whatever is analysed fails.
    monkeypatch.setattr("tools.test_coverage.analyse.analyser.Analyser.__call__", None)

    code, _ = run(root, BASELINE, one)

    assert (code, output.read_bytes()) == (0, first)


PASSED = '<testsuites name="pytest tests"><testcase name="a"/></testsuites>'


def test_test_that_passed_and_left_nothing_fails_and_is_named(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    xml = root / "bazel-out/k8/testlogs/libs/1/test.xml"
    xml.parent.mkdir(parents=True)
    xml.write_text(PASSED)

    code, output = run(root, BASELINE, "")

    assert code == 1
    assert "libs/1: passed, and left no coverage data." in capsys.readouterr().err
    assert not output.exists()


def test_nothing_to_cover_is_said(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    xml = root / "bazel-out/k8/testlogs/libs/0/test.xml"
    xml.parent.mkdir(parents=True)
    xml.write_text(PASSED)

    code, _ = run(root, write_records("//:one", {}))

    assert code == 0
    assert capsys.readouterr().out == (
        "coverage: - of lines, - of branches\n"
        "No file is in the report: these tests depend on no first-party library that "
        "--instrumentation_filter matches.\n"
    )
