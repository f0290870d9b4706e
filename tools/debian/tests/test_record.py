"""Tests of the package record."""

from pathlib import Path

from tools.debian.root import record

STATUS = """\
Package: zlib1g
Status: install ok installed
Architecture: amd64
Version: 1:1.3-2
Description: compression
 a line that goes on: with a colon

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: bazel-bootstrap
Status: install ok installed
Architecture: amd64
Version: 7.7.1+ds-8
"""
LISTS = """\
Package: zlib1g
Architecture: amd64
Version: 1:1.3-1
SHA256: old

Package: zlib1g
Architecture: amd64
Version: 1:1.3-2
SHA256: aaaa
"""


def test_record_lists_installed_packages_by_name_with_the_hash_of_their_version() -> (
    None
):
    got = record.package_record(STATUS.splitlines(), LISTS.splitlines())

    assert got == ["bazel-bootstrap 7.7.1+ds-8 amd64 -", "zlib1g 1:1.3-2 amd64 aaaa"]


def test_record_of_an_unpacked_root_reads_every_list(tmp_path: Path) -> None:
    lists = tmp_path / "var/lib/apt/lists"
    lists.mkdir(parents=True)
    (lists / "a_Packages").write_text(LISTS.rstrip("\n"), "utf-8")
    (lists / "b_Packages").write_text(
        "Package: bazel-bootstrap\nArchitecture: amd64\n"
        "Version: 7.7.1+ds-8\nSHA256: bbbb\n",
        "utf-8",
    )
    (tmp_path / "var/lib/dpkg").mkdir()
    (tmp_path / "var/lib/dpkg/status").write_text(STATUS, "utf-8")

    got = record.read_record(tmp_path)

    assert got == ["bazel-bootstrap 7.7.1+ds-8 amd64 bbbb", "zlib1g 1:1.3-2 amd64 aaaa"]
