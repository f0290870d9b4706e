"""Tests of the line that says how large a cache is."""

from pathlib import Path

import pytest

from tools.pipeline import cache_size


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache of 3 MB in a workspace."""
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", f"{tmp_path}")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    folder = tmp_path / ".cache"
    (folder / "disk").mkdir(parents=True)
    (folder / "disk/one").write_bytes(bytes(2_000_000))
    (folder / "two").write_bytes(bytes(1_000_000))
    (folder / "link").symlink_to("nothing")
    return folder


def test_cache_that_fits_is_said(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cache_size.main([cache.name, "--most", "10"]) == 0
    assert capsys.readouterr().out == ".cache: 0.0 of 10 GB\n"


def test_cache_that_its_host_would_not_keep_is_warned_of(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cache_size.main([cache.name, "--most", "0.002"]) == 0
    assert capsys.readouterr().out == (
        "WARNING: .cache: 0.0 of 0.002 GB, wanted no more: its host drops what it can't keep. "
        "Fix: a smaller --experimental_disk_cache_gc_max_size in .bazelrc, or --config=cache\n"
    )


def test_github_shows_the_warning(
    cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    assert cache_size.main([cache.name, "--most", "0.0029"]) == 0
    assert capsys.readouterr().out.startswith("::warning title=cache::.cache: ")


def test_no_folder_is_an_error(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cache_size.main(["other", "--most", "10"]) == 2
    assert "other: found no folder, wanted the one that .bazelrc names.\nFix: " in (
        capsys.readouterr().err
    )
