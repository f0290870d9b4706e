"""Tests of reading the checkers' settings."""

from pathlib import Path

import pytest

from tools.checks.read_settings import main


def test_settings_are_copied(tmp_path: Path) -> None:
    (tmp_path / "from").write_text("[tool.black]\n# A comment.\n")

    assert main([f"{tmp_path}/from", f"{tmp_path}/to"]) == 0
    assert (tmp_path / "to").read_text() == "[tool.black]\n# A comment.\n"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a = 1\n[tool\n", ":2:6: isn't TOML: Expected ']' at the end of a table"),
        (b"a = '\xff'\n", ": isn't UTF-8: 'utf-8' codec can't decode byte 0xff"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, text: str
) -> None:
    (tmp_path / "from").write_bytes(data)

    assert main([f"{tmp_path}/from", f"{tmp_path}/to"]) == 1
    assert f"{tmp_path}/from{text}" in capsys.readouterr().err
    assert not (tmp_path / "to").exists()
