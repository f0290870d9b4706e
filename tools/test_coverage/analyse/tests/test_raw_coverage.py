"""Tests of reading what tests left."""

from pathlib import Path

from tools.test_coverage.analyse.raw_coverage import RawFile, read_reports
from tools.test_coverage.collect.raw_record import write_records
from tools.test_coverage.data.file_coverage import FileCoverage


def raw(target: str, **files: list[tuple[int, int]]) -> str:
    return write_records(target, {f"{name}.py": files[name] for name in files})


def reports(folder: Path, *texts: str) -> list[Path]:
    paths = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.dat"
        path.write_text(text)
        paths.append(path)
    return paths


def test_equal_arcs_are_kept_once_with_all_their_tests(tmp_path: Path) -> None:
    one = raw("//:one", a=[(1, 1)], b=[(1, 1), (1, 2)])
    two = raw("//:two", a=[(1, 1)])

    got = read_reports(reports(tmp_path, one, two))

    assert got.files == {
        "a.py": RawFile({"[[1,1]]": ["//:one", "//:two"]}),
        "b.py": RawFile({"[[1,1],[1,2]]": ["//:one"]}),
    }
    assert got.tests == {"//:one", "//:two"}


def test_order_of_reports_does_not_matter(tmp_path: Path) -> None:
    one = raw("//:one", a=[(1, 1)], b=[(1, 1)])
    two = raw("//:two", a=[(1, 2)], b=[(1, 1)])
    paths = reports(tmp_path, one, two)

    assert repr(read_reports(paths).files) == repr(read_reports(paths[::-1]).files)


def test_shards_report_alone(tmp_path: Path) -> None:
    shard = raw("//:one", a=[(1, 1)])

    got = read_reports(reports(tmp_path, shard, shard))

    assert got.files == {"a.py": RawFile({"[[1,1]]": ["//:one", "//:one"]})}
    assert got.tests == {"//:one"}


def test_lcov_of_another_language_is_taken_beside(tmp_path: Path) -> None:
    text = raw("//:one", a=[(1, 1)]) + "SF:lib.rs\nDA:1,2\nend_of_record\n"

    got = read_reports(reports(tmp_path, text, text))

    assert got.files["lib.rs"] == RawFile(other=FileCoverage({1: 4}))
    assert got.files["a.py"].other == FileCoverage()


def test_baseline_names_files_without_counts(tmp_path: Path) -> None:
    got = read_reports(reports(tmp_path, "SF:a.py\nend_of_record\n"))

    assert got.files == {"a.py": RawFile()}
    assert not got.has_hits()


def test_test_of_no_python_and_empty_report_are_told_apart(tmp_path: Path) -> None:
    got = read_reports(reports(tmp_path, raw("//:one"), ""))

    assert got.tests == {"//:one"}
    assert got.files == {}
