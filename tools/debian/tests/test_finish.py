"""Tests of fitting an unpacked root for its use."""

from pathlib import Path

import pytest

from tools.debian.root import finish


@pytest.mark.parametrize(
    ("version", "want"),
    [("7.7.1+ds-8+b1", "7.7.1"), ("8.0.0~rc1-1", "8.0.0"), ("9.1-2", "9.1")],
)
def test_bazel_version_is_the_upstream_part(version: str, want: str) -> None:
    record = ["adduser 3 all -", f"bazel-bootstrap {version} amd64 -"]

    assert finish.bazel_version(record) == want


def test_record_without_bazel_is_an_error() -> None:
    with pytest.raises(LookupError, match="names no bazel-bootstrap"):
        finish.bazel_version(["adduser 3 all -"])


def test_mount_points_are_plain_files_that_keep_the_roots_content(
    tmp_path: Path,
) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "usr/share/zoneinfo").mkdir(parents=True)
    (tmp_path / "usr/share/zoneinfo/UTC").write_text("utc", "utf-8")
    (tmp_path / "etc/localtime").symlink_to("/usr/share/zoneinfo/UTC")
    (tmp_path / "etc/resolv.conf").symlink_to("../run/systemd/resolve/stub-resolv.conf")
    (tmp_path / "etc/hosts").write_text("127.0.0.1 localhost\n", "utf-8")

    finish.make_mount_points(tmp_path)

    etc = tmp_path / "etc"
    assert (etc / "localtime").read_text("utf-8") == "utc"
    assert (etc / "resolv.conf").read_text("utf-8") == ""
    assert (etc / "hosts").read_text("utf-8") == "127.0.0.1 localhost\n"
    assert not any(path.is_symlink() for path in etc.iterdir())
    assert (etc / "xdg").is_dir()
