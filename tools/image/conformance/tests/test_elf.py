"""Tests of reading ELF files: on the interpreter that runs them."""

import sys
from pathlib import Path

from tools.image.conformance import elf

PYTHON = Path(sys.executable).resolve()


def test_an_interpreter_names_its_loader_and_libc() -> None:
    got = elf.read(PYTHON.read_bytes())

    assert got.interpreter.rpartition("/")[2].startswith("ld-linux")
    assert "libc.so.6" in got.needed


def test_a_file_that_is_no_program_asks_for_nothing() -> None:
    assert elf.read(b"#!/bin/sh\n") == elf.Demands("", (), ())


def test_what_an_image_lacks_is_named(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").write_bytes(PYTHON.read_bytes())
    demands = elf.read(PYTHON.read_bytes())

    assert elf.missing(tmp_path, "bin/python") == sorted(
        [*demands.needed, demands.interpreter]
    )
