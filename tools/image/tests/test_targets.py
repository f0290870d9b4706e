"""Tests of finding and building targets."""

from pathlib import Path

from tools.image.targets import Targets
from tools.workspace.bazel import PARTIAL_QUERY, Bazel
from tools.workspace.fake_bazel import FakeBazel


def test_a_package_that_cannot_be_loaded_leaves_the_others(tmp_path: Path) -> None:
    fake = FakeBazel(tmp_path, answer="//b:x\n//a:x\n", exit_code=PARTIAL_QUERY)
    fake.install()

    got = Targets(Bazel(tmp_path)).find("//...")

    assert got == (["//a:x", "//b:x"], False)


def test_only_what_was_built_has_files(tmp_path: Path) -> None:
    # One answer for each command: what `info` prints is what `cquery` prints.
    fake = FakeBazel(tmp_path, targets=["//a:x"], answer="//a:x out/x out/y\n")
    fake.install()

    got = Targets(Bazel(tmp_path), ("--flag",)).build(["//b:x", "//a:x"], "--group")

    root = Path("//a:x out/x out/y")
    assert got == {"//a:x": [root / "out/x", root / "out/y"]}
    asked = fake.asked()
    assert asked.count("--flag") == 2
    assert "set(//a:x)" in asked
    assert "--keep_going" in asked


def test_nothing_is_built_of_nothing(tmp_path: Path) -> None:
    fake = FakeBazel(tmp_path)
    fake.install()

    assert Targets(Bazel(tmp_path)).build([]) == {}
    assert fake.asked() == []
