"""Tests of the file in which types travel."""

from pathlib import Path

from tools.checks.typed.archive import Archive, Contents, write_archive

CONTENTS = Contents(
    rows={"b": b"second", "a": b"first"},
    folders={"/repo": ["y.py", "x.py"]},
    sources={"/lock/z.py": b"Z = 1\n"},
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_archive(tmp_path / "types", CONTENTS)

    got = Archive(tmp_path / "types")

    assert (got.row("a"), got.row("b"), got.row("c")) == (b"first", b"second", None)
    assert got.source("/lock/z.py") == b"Z = 1\n"
    assert got.source("/lock/other.py") is None
    assert got.folders == {"/repo": ["x.py", "y.py"]}
    assert sorted(got.names()) == ["a", "b"]
    assert not got.is_broken


def test_equal_contents_are_equal_bytes(tmp_path: Path) -> None:
    other = Contents(
        rows={"a": b"first", "b": b"second"},
        folders={"/repo": ["x.py", "y.py"]},
        sources={"/lock/z.py": b"Z = 1\n"},
    )

    write_archive(tmp_path / "one", CONTENTS)
    write_archive(tmp_path / "two", other)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
