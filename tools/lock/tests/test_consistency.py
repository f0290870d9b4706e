"""Tests that pins which don't fit together are found, though each is sealed."""

from pathlib import Path

from tools.findings.terminal import format_terminal
from tools.lock.consistency.check import check, main, read_distributions


def metadata(folder: Path, name: str, *requires: str) -> Path:
    path = folder / f"{name}.dist-info"
    path.mkdir()
    lines = [f"Metadata-Version: 2.1\nName: {name}\n"]
    lines += [f"Requires-Dist: {it}\n" for it in requires]
    (path / "METADATA").write_text("".join(lines))
    return path


def installs(metadata_folder: Path, *modules: str) -> Path:
    record = metadata_folder / "RECORD"
    record.write_text("".join(f"{module},9\n" for module in modules))
    return metadata_folder


def report(lock: str, *folders: Path) -> str:
    return format_terminal(check(lock, read_distributions(folders)))


def test_a_pin_that_another_one_does_not_take_is_found(tmp_path: Path) -> None:
    one = metadata(tmp_path, "One", "two<2", "three ; sys_platform == 'win32'", "four")

    assert report("one==1\ntwo==2.0\n", one) == (
        "requirements_lock.txt:1: one 1 needs four, and the lock doesn't pin it. "
        "[lock/unsolved]\nFix: bazel run //:requirements.update\n"
        "requirements_lock.txt:1: one 1 needs two<2, and line 2 pins 2.0. "
        "[lock/unsolved]\nFix: bazel run //:requirements.update\n"
    )


def test_extras_that_others_ask_for_count(tmp_path: Path) -> None:
    one = metadata(tmp_path, "one", "two[x]")
    two = metadata(tmp_path, "two", "three ; extra == 'x'", "four ; extra == 'y'")

    assert report("one==1\ntwo==2\n", one, two) == (
        "requirements_lock.txt:2: two 2 needs three, and the lock doesn't pin it. "
        "[lock/unsolved]\nFix: bazel run //:requirements.update\n"
    )


def test_modules_that_two_install_with_other_contents_are_found(tmp_path: Path) -> None:
    one = installs(metadata(tmp_path, "one"), "x/a.py,sha256=A", "x/b.py,sha256=B")
    two = installs(metadata(tmp_path, "two"), "x/a.py,sha256=C", "x/b.py,sha256=D")

    assert report("two==2\none==1\n", two, one) == (
        "requirements_lock.txt:1: one and two both install x/a.py and 1 more, "
        "with different contents; a program would have either one's. [lock/shared]\n"
        "Fix: keep one of them in requirements.in, then bazel run //:requirements.update\n"
    )


def test_a_record_that_was_written_elsewhere_is_read(tmp_path: Path) -> None:
    one = installs(metadata(tmp_path, "one"), "x.py,sha256=A")
    two = installs(metadata(tmp_path, "two"), "x.py,sha256=B")
    elsewhere = tmp_path / "bin" / two.name / "RECORD"
    elsewhere.parent.mkdir(parents=True)
    (two / "RECORD").rename(elsewhere)

    got = report("one==1\ntwo==1\n", one, two / "METADATA", elsewhere)

    assert "one and two both install x.py," in got


def test_equal_modules_papers_tests_and_programs_may_be_shared(tmp_path: Path) -> None:
    one = installs(
        metadata(tmp_path, "one"),
        "google/__init__.py,sha256=A",
        "README.md,sha256=A",
        "tests/__init__.py,sha256=A",
        '"../../../bin/x.py",sha256=A',
    )
    two = installs(
        metadata(tmp_path, "two"),
        "google/__init__.py,sha256=A",
        "README.md,sha256=B",
        "tests/__init__.py,sha256=B",
        "../../../bin/x.py,sha256=B",
    )

    assert report("one==1\ntwo==2\n", one, two) == ""


def test_pins_that_fit_pass(tmp_path: Path) -> None:
    one = metadata(tmp_path, "one", "two>=1", "Tw.o!=3")

    assert report("one==1\ntwo==2rc1\ntw-o==1\n", one) == ""


def test_other_files_than_metadata_are_passed_over(tmp_path: Path) -> None:
    lock, report_file = tmp_path / "lock.txt", tmp_path / "report"
    lock.write_text("one==1\n")
    record = tmp_path / "RECORD"
    record.write_text("")

    got = main([f"--report={report_file}", f"--lock={lock}", f"--metadata={record}"])

    assert got == 0
    assert report_file.read_text() == ""
