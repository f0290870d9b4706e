"""What is made of a wheel that pip has installed."""

import platform
from importlib.metadata import PathDistribution
from pathlib import Path

import install_wheel
import pytest

_INFO = "probe-1.dist-info"


class Installation:
    """A distribution as `pip install --target` leaves it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: list[str] = []

    def add(self, path: str, row: str | None = None) -> None:
        """Add a file, and its row in RECORD."""
        file = self.folder / "site-packages" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("", encoding="utf-8")
        self.rows.append(f"{row or path},sha256=x,0\n")

    def settle(self) -> list[str]:
        """Settle it; return the paths of its RECORD."""
        record = self.folder / "site-packages" / _INFO / "RECORD"
        record.write_text("".join(self.rows), encoding="utf-8")
        install_wheel.settle_data(self.folder)
        return [row.split(",")[0] for row in record.read_text("utf-8").splitlines()]

    def files(self) -> list[str]:
        """Return the files that are there."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return sorted(path.relative_to(self.folder).as_posix() for path in found)


def test_pip_is_asked_for_a_platform_only_where_it_is_another() -> None:
    own = install_wheel.platform_options(platform.machine())
    other = install_wheel.platform_options("riscv64")

    assert own == []
    assert "--platform=manylinux_2_17_riscv64" in other
    assert other[-1] == "--platform=manylinux2014_riscv64"


@pytest.mark.parametrize(
    ("tags", "want"),
    [
        ("Tag: py3-none-any\n", False),
        ("Tag: py2-none-any\nTag: py3-none-any\n", False),
        ("Tag: cp314-cp314-manylinux_2_28_aarch64\n", True),
    ],
)
def test_a_wheel_for_one_platform_is_told_by_its_tags(
    tmp_path: Path, tags: str, want: bool
) -> None:
    info = tmp_path / _INFO
    info.mkdir()
    (info / "WHEEL").write_text(f"Wheel-Version: 1.0\n{tags}")

    assert install_wheel.is_native(PathDistribution(info)) is want


def test_dependencies_are_those_of_the_machine(tmp_path: Path) -> None:
    info = tmp_path / _INFO
    info.mkdir()
    lines = ["Name: probe", "Requires-Dist: all"]
    lines += ["Requires-Dist: arm-only ; platform_machine == 'aarch64'", "", ""]
    (info / "METADATA").write_text("\n".join(lines))
    distribution = PathDistribution(info)

    got = [install_wheel.needed(distribution, [], it) for it in ("x86_64", "aarch64")]

    assert got == [["all"], ["all", "arm_only"]]


def test_a_pin_without_a_wheel_for_a_platform_is_named_with_who_needs_it() -> None:
    request = {"lock": "lock.txt", "machine": "aarch64", "users": ["web", "cli"]}
    said = "ERROR: No matching distribution found for probe==1 (from versions: 1)"

    text, code = install_wheel.explain("probe==1", request, said)

    assert code == install_wheel.BAD_LOCK
    assert text.startswith("lock.txt: probe==1 has no wheel for Python ")
    assert " on linux_aarch64, is needed by web, cli, and source" in text
    assert "\nFix: pin a version that has one: " in text


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    installation = Installation(tmp_path)
    installation.add(f"{_INFO}/METADATA")
    return installation


def test_data_and_programs_lie_beside_the_modules(installation: Installation) -> None:
    installation.add("probe/share/own.txt")
    installation.add("share/probe/a b.txt", "../../share/probe/a b.txt")
    installation.add("bin/tool", "../../bin/tool")

    rows = installation.settle()

    assert installation.files() == [
        "bin/tool",
        "data/share/probe/a b.txt",
        f"site-packages/{_INFO}/METADATA",
        f"site-packages/{_INFO}/RECORD",
        "site-packages/probe/share/own.txt",
    ]
    assert rows == [
        f"{_INFO}/METADATA",
        "probe/share/own.txt",
        "../data/share/probe/a b.txt",
        "../bin/tool",
    ]
    assert not (installation.folder / "site-packages/share").exists()


def test_starters_and_headers_are_dropped(installation: Installation) -> None:
    installation.add(f"{_INFO}/entry_points.txt")
    entries = installation.folder / f"site-packages/{_INFO}/entry_points.txt"
    entries.write_text("[console_scripts]\nprobe = probe:main\n", encoding="utf-8")
    installation.add("bin/probe", "../../bin/probe")
    installation.add("include/python/probe/p.h", "../../include/python/probe/p.h")

    rows = installation.settle()

    assert rows == [f"{_INFO}/METADATA", f"{_INFO}/entry_points.txt"]
    assert not (installation.folder / "bin").exists()


def test_a_package_that_is_called_bin_stays(installation: Installation) -> None:
    installation.add("bin/__init__.py")

    rows = installation.settle()

    assert rows == [f"{_INFO}/METADATA", "bin/__init__.py"]
    assert "site-packages/bin/__init__.py" in installation.files()
