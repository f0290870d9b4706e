"""Tests of the output generator, called as Bazel calls it."""

import subprocess
from pathlib import Path

GATHER = Path(__file__).parents[1] / "gather.sh"


def gather(folder: Path, output: Path) -> str:
    """Run it; return what it wrote."""
    command = [str(GATHER), f"--coverage_dir={folder}", f"--output_file={output}"]
    subprocess.run(command, check=True, timeout=30)
    return output.read_text()


def test_records_of_every_program_are_put_together(tmp_path: Path) -> None:
    (tmp_path / "data/deep er").mkdir(parents=True)
    (tmp_path / "data/python.dat").write_text("TN:one\n")
    (tmp_path / "data/deep er/ä.dat").write_text("TN:two\n")
    (tmp_path / "data/other.txt").write_text("no\n")

    got = gather(tmp_path / "data", tmp_path / "out.dat")

    assert sorted(got.splitlines()) == ["TN:one", "TN:two"]


def test_links_count_as_what_they_lead_to(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("TN:one\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/python.dat").symlink_to(tmp_path / "real")

    assert gather(tmp_path / "data", tmp_path / "out.dat") == "TN:one\n"


def test_nothing_gives_an_empty_report(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()

    assert gather(tmp_path / "data", tmp_path / "out.dat") == ""
