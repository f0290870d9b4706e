"""Tests of CODEOWNERS, and of what is wrong with it."""

from pathlib import Path

import pytest

from tools.build_files.reader import BuildFile
from tools.owners import codeowners

ROOT = 'owners(name = "owners", owners = ["@acme/platform"])\n'
ML = 'owners(name = "owners", owners = ["@acme/ml", "ada@acme.example"])\n'
TEXT = (
    codeowners.HEAD + "* @acme/platform\n/libs/ml/ @acme/ml ada@acme.example\n"
    "/libs/ml/deep/ @acme/platform\n"
)


def files() -> list[BuildFile]:
    texts = {"libs/ml/deep/": ROOT, "libs/ml/": ML, "libs/mq/": "", "": ROOT}
    return [BuildFile(text, f"{at}BUILD.bazel") for at, text in texts.items()]


def test_nearest_folder_is_the_last_to_match() -> None:
    assert codeowners.format_codeowners(files()) == TEXT
    assert codeowners.check(files(), TEXT) == []


def test_file_that_says_otherwise_is_found() -> None:
    (got,) = codeowners.check(files(), TEXT.replace("ada@", "bob@"))

    assert (got.path, got.rule) == ("CODEOWNERS", "owners/outdated")
    assert got.fix == "bazel run //tools/owners"


def test_folders_without_owners_are_found() -> None:
    (got,) = codeowners.check([], codeowners.HEAD)

    assert (got.path, got.rule) == ("BUILD.bazel", "owners/default")


def test_command_writes_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(codeowners, "workspace_folder", lambda: tmp_path)
    monkeypatch.setattr(codeowners, "read_workspace", lambda _: files())

    assert codeowners.main([]) == 0
    assert (tmp_path / "CODEOWNERS").read_text() == TEXT
    assert capsys.readouterr().out == "wrote CODEOWNERS: 3 lines\n"
