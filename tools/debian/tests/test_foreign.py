"""Tests of what is unpacked beside a root for images of another architecture."""

import stat
import tarfile
from pathlib import Path

import pytest

from tools.debian import foreign

STATUS = """\
Package: libpython3.14-stdlib
Status: install ok installed
Version: 3.14.8-1+b2

Package: python3.14-minimal
Status: install ok installed
Version: 3.14.8-1
"""

# Stand for apt-get and dpkg-deb: a package is an archive, its control fields lie beside it.
APT = """\
#!/bin/sh
[ "$APT_FAILS" ] && echo "E: Version not found" >&2 && exit 100
echo "$@" >>"$CALLS"
for word; do case $word in Dir::Cache=*) cache=${word#*=} ;; esac; done
case " $* " in *" install "*) cp "$PACKAGES"/*.deb "$cache/archives/" ;; esac
"""
DPKG = """\
#!/bin/sh
case $1 in
--fsys-tarfile) cat "$2" ;;
--field) printf 'Package: a\\nVersion: 1\\nArchitecture: arm64\\n' ;;
esac
"""


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a root's folder on a machine whose mirror has one package."""
    for name, text in (("apt-get", APT), ("dpkg-deb", DPKG)):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "packages").mkdir()
    (tmp_path / "liba.so").write_text("library")
    with tarfile.open(tmp_path / "packages/a_1_arm64.deb", "w") as tar:
        tar.add(tmp_path / "liba.so", "./usr/lib/liba.so")
    (tmp_path / "status").write_text(STATUS)
    monkeypatch.setattr(foreign, "STATUS", tmp_path / "status")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("PACKAGES", str(tmp_path / "packages"))
    monkeypatch.setenv("MONOREPO_DEBIAN_ROOT", str(tmp_path / "base"))
    (tmp_path / "base").mkdir()
    return tmp_path / "base"


def test_packages_are_unpacked_once_and_recorded(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = [foreign.main(["arm64"]), foreign.main(["arm64"])]

    root = base / "arm64"
    assert (codes, capsys.readouterr().out) == ([0, 0], f"{root}\n" * 2)
    assert (root / "usr/lib/liba.so").read_text() == "library"
    assert (root / "var/lib/dpkg/info/a.list").read_text() == "/usr/lib/liba.so\n"
    assert (root / "var/lib/dpkg/status").read_text().splitlines()[:2] == [
        "Package: a",
        "Status: install ok installed",
    ]
    assert sorted(path.name for path in root.iterdir()) == ["usr", "var"]
    calls = (base.parent / "calls").read_text().splitlines()
    assert [line.count("APT::Architecture=arm64") for line in calls] == [1, 1]


def test_the_interpreter_is_of_the_root_s_version_whatever_its_rebuild() -> None:
    got = foreign.wanted(STATUS, "3.14")

    assert got[:2] == ["libpython3.14-stdlib=3.14.8-1*", "python3.14-minimal=3.14.8-1*"]
    assert "tzdata" in got


def test_a_mirror_that_has_moved_on_is_named_with_the_way_out(
    base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("APT_FAILS", "1")

    code = foreign.main(["arm64"])

    said = capsys.readouterr().err
    assert code == 1
    assert "E: Version not found" in said
    assert (
        f"Fix: make `apt-get update` work here; where the mirror has moved on, remove {base}"
        in said
    )
    assert not (base / "arm64").exists()
