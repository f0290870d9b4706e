"""Tests of what the seed takes from a distribution, in both forms in which one comes."""

from pathlib import Path

from tools.checks.typed.seed import Lock, add_distribution

SEEN = ("thing/__init__.py", "thing/fast.pyi", "thing/py.typed")
UNSEEN = ("thing/fast.so", "thing-1.0.dist-info/METADATA")


def _fill(root: Path) -> list[str]:
    """Write a distribution, and return its files."""
    for name in SEEN + UNSEEN:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return [str(root / name) for name in SEEN + UNSEEN]


def test_single_files_and_a_directory_give_the_same(tmp_path: Path) -> None:
    site = tmp_path / "external" / "thing" / "site-packages"
    files = _fill(site)
    single, directory = Lock(), Lock()

    add_distribution(single, "thing", "thing/site-packages", files)
    add_distribution(directory, "thing", "thing/site-packages", [str(site)])

    assert single == directory
    assert sorted(single.files) == [f"/lock/{name}" for name in SEEN]
    assert single.owners == {"thing": "thing"}
