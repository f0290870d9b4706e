"""Tests of reading what tests left."""

from pathlib import Path

from tools.coverage_page.observations import observe, parse_arcs
from tools.coverage_page.records import FileCoverage
from tools.coverage_page.tasks import tasks
from tools.testing import collecting


def raw(target: str, **files: list[tuple[int, int]]) -> str:
    return collecting.raw_records(target, {f"{name}.py": files[name] for name in files})


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

    got = observe(reports(tmp_path, one, two))

    assert got.arcs == {
        "a.py": {"[[1,1]]": ["//:one", "//:two"]},
        "b.py": {"[[1,1],[1,2]]": ["//:one"]},
    }
    assert got.tests == {"//:one", "//:two"}
    assert got.records == {}


def test_order_of_reports_does_not_matter(tmp_path: Path) -> None:
    one = raw("//:one", a=[(1, 1)], b=[(1, 1)])
    two = raw("//:two", a=[(1, 2)], b=[(1, 1)])
    paths = reports(tmp_path, one, two)
    files = ["a.py", "b.py"]

    assert tasks(observe(paths), files) == tasks(observe(paths[::-1]), files)


def test_shards_report_alone(tmp_path: Path) -> None:
    shard = raw("//:one", a=[(1, 1)])

    got = observe(reports(tmp_path, shard, shard))

    assert got.arcs == {"a.py": {"[[1,1]]": ["//:one", "//:one"]}}
    assert got.tests == {"//:one"}


def test_several_processes_in_one_report_are_of_one_test(tmp_path: Path) -> None:
    text = raw("//:one", a=[(1, 1)]) + "SF:lib.rs\nDA:1,2\nend_of_record\n"
    text += raw("//:one", b=[(2, 2)])

    got = observe(reports(tmp_path, text))

    assert got.arcs.keys() == {"a.py", "b.py"}
    assert got.records == {"lib.rs": FileCoverage({1: 2})}


def test_baseline_names_files_without_counts(tmp_path: Path) -> None:
    got = observe(reports(tmp_path, "SF:a.py\nend_of_record\n"))

    assert got.records == {"a.py": FileCoverage()}
    assert got.paths() == {"a.py"}


def test_test_of_no_python_and_empty_report_are_told_apart(tmp_path: Path) -> None:
    got = observe(reports(tmp_path, raw("//:one"), ""))

    assert got.tests == {"//:one"}
    assert got.paths() == set()


def test_arcs_are_parsed() -> None:
    assert parse_arcs("[[1,1],[2,-1]]") == [(1, 1), (2, -1)]
