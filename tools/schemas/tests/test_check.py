"""Tests of the schemas, and of checking documents against them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tools.schemas.check import FOLDER, SUFFIX, SchemaError, checked, main

SCHEMAS = sorted(FOLDER.glob(f"*{SUFFIX}"))
NAMES = [path.name.removesuffix(SUFFIX) for path in SCHEMAS]
AFFECTED = {"version": 1, "targets": [{"label": "//libs/a", "path": ["//libs/a"]}]}


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield each part of a schema that describes an object by its keys."""
    if isinstance(value, dict):
        if "properties" in value:
            yield value
        for below in value.values():
            yield from objects(below)


@pytest.mark.parametrize("path", SCHEMAS, ids=NAMES)
def test_schema_is_valid_and_closed(path: Path) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))

    Draft202012Validator.check_schema(schema)
    assert all(part["additionalProperties"] is False for part in objects(schema))


@pytest.mark.parametrize("name", NAMES)
def test_empty_document_fits_no_command(name: str) -> None:
    with pytest.raises(SchemaError, match="required property"):
        checked(name, "{}")


def test_document_that_fits_is_read() -> None:
    assert checked("affected", json.dumps(AFFECTED)) == AFFECTED


def test_key_that_no_schema_names_is_refused() -> None:
    with pytest.raises(SchemaError, match="'more' was unexpected"):
        checked("affected", json.dumps(AFFECTED | {"more": 1}))


def test_file_is_checked_where_the_person_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BUILD_WORKING_DIRECTORY", str(tmp_path))
    (tmp_path / "out.json").write_text(json.dumps(AFFECTED))
    (tmp_path / "broken.json").write_text('{"version": 1}')

    assert main(["affected", "out.json"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["affected", "broken.json"]) == 1
    assert "'targets' is a required property" in capsys.readouterr().out


def test_unknown_names_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["afected", str(tmp_path / "out.json")]) == 2
    assert "affected" in capsys.readouterr().err
    assert main(["affected", str(tmp_path / "gone.json")]) == 2
    assert "gone.json" in capsys.readouterr().err
