"""Tests of where an update of the lock finds distributions, and of what it says when it finds none."""

import os
from pathlib import Path

import pytest

from tools.lock.tests.repository import Repository, refused

KEPT = "requirements_lock.txt is as it was.\n"


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_password_is_told_and_not_shown(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    status: int,
) -> None:
    repository.index.add("aaa", "1.0")
    repository.index.login = "joe:right"
    repository.index.refusal = status
    address = os.environ["UV_DEFAULT_INDEX"]
    monkeypatch.setenv("UV_DEFAULT_INDEX", address.replace("//", "//joe:wr0ng@"))
    repository.write("requirements.in", "aaa\n")
    word = {401: "Unauthorized", 403: "Forbidden"}[status]

    assert refused(repository, capsys) == (
        f"{address.replace('//', '//***@')} answers {status} {word}: it doesn't take "
        "our user name and password.\nFix: correct them where pip finds them: its "
        f"addresses (pip config list), ~/.netrc.\n{KEPT}"
    )


def test_an_index_that_pip_does_not_ask_is_not_asked(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    repository.index.add("aaa", "1.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    repository.write("requirements.in", "aaa\n")

    got = refused(repository, capsys)

    assert got.startswith("requirements.in: uv found no solution.\n")
    assert "aaa was not found in the provided package locations" in got


def test_a_network_that_is_gone_is_told(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:1/simple")
    repository.write("requirements.in", "aaa\n")

    got = refused(repository, capsys)

    assert got.startswith("requirements.in: uv could not reach the index.\n  uv: ")
    assert got.endswith(f"then run the same command again.\n{KEPT}")


def test_find_links_of_pip_are_used(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "links"
    folder.mkdir()
    file = repository.index.add("aaa", "1.0")
    (folder / file).write_bytes(repository.index.files.pop(file))
    monkeypatch.setenv("PIP_FIND_LINKS", f"{folder} /not/there")
    repository.write("requirements.in", "aaa\n")

    assert repository.update() == 0
    assert repository.pins == ["aaa==1.0"]


def test_a_distribution_without_a_wheel_is_told_with_how_to_build_one(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.index.add("aaa", "1.0", "bbb")
    repository.index.files["bbb-1.0.tar.gz"] = b"sources"
    repository.write("requirements.in", "aaa\n")

    got = refused(repository, capsys)

    assert "pip wheel --no-deps -w wheels bbb; PIP_FIND_LINKS=wheels bazel run" in got
