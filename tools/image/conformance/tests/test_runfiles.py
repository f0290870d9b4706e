"""Tests of the comparison of an image with its program's runfiles."""

from pathlib import Path

import pytest

from tools.image.conformance import runfiles
from tools.image.conformance.checks import Unpacked
from tools.image.conformance.runfiles import Runfiles
from tools.image.oci.layout import Image

LISTING = """\
file\tservices/x/main.py
file\tservices/x/__main__.py
file\tservices/x/main
file\tservices/x/stub.pyi
file\tservices/x/a b.txt
file\tservices/x/tree
file\t../python/lib
file\t../models/a.bin
root\tetc/x.toml
root\t_main/services/x/linked.toml
held\tservices/x/main
module\tservices/x/main.py
module\tservices/x/__main__.py
module\tservices/x/not-a-module.py
apart\tpython
"""


@pytest.fixture
def unpacked(tmp_path: Path) -> Unpacked:
    for path in (
        "app/services/x/main.py",
        "app/services/x/__main__.py",
        "app/services/x/__pycache__/main.cpython-314.pyc",
        "app/services/x/a b.txt",
        "app/services/x/tree/deep/file",
        "app/services/x/linked.toml",
        "models/a.bin",
        "etc/x.toml",
        "opt/venv/bin/python",
    ):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (tmp_path / "opt/venv/bin/python").chmod(0o755)
    return Unpacked(Image(tmp_path), tmp_path)


@pytest.fixture
def listed() -> Runfiles:
    return Runfiles.read(LISTING.encode())


def test_an_image_with_all_runfiles_passes(
    unpacked: Unpacked, listed: Runfiles
) -> None:
    assert runfiles.missing(unpacked, listed) == []
    assert runfiles.unexpected(unpacked, listed) == []
    assert listed.modules == ["services/x/main.py"]


@pytest.mark.parametrize(
    "path", ["app/services/x/a b.txt", "app/services/x/linked.toml", "models/a.bin"]
)
def test_a_runfile_that_the_image_lacks_is_named(
    unpacked: Unpacked, listed: Runfiles, path: str
) -> None:
    (unpacked.root / path).unlink()

    assert runfiles.missing(unpacked, listed) == [
        f"/{path} is missing, which the program has when Bazel runs it\n"
        "Fix: give it another name or folder: *.pyc and __pycache__ are made anew for an image."
    ]


def test_a_first_party_file_that_is_no_runfile_is_named(
    unpacked: Unpacked, listed: Runfiles
) -> None:
    (unpacked.root / "app/services/x/more.txt").touch()

    assert runfiles.unexpected(unpacked, listed) == [
        "/app/services/x/more.txt is in the image, and no runfile of the program"
    ]


def test_names_in_latin_1_are_read() -> None:
    listed = Runfiles.read("file\tx/ü.txt\n".encode("latin-1"))

    assert listed.places == {"app/x/ü.txt"}


def test_a_script_without_its_interpreter_is_named_unless_it_is_excepted(
    unpacked: Unpacked,
) -> None:
    folder = unpacked.root / "app/services/x"
    (folder / "good").write_text("#!/opt/venv/bin/python -P\n")
    (folder / "bad.sh").write_text("#!/bin/sh\n")
    (folder / "served.sh").write_text("#!/bin/sh\n")

    got = runfiles.scripts(unpacked, {"services/x/served.sh": "clients fetch it"})

    assert got == [
        "/app/services/x/bad.sh is a script for /bin/sh, which the image lacks\n"
        'Fix: write it in Python, as a py_binary; or unchecked = {"services/x/bad.sh": "WHY"} in py_image'
    ]


def test_an_exception_needs_a_file_and_a_reason(unpacked: Unpacked) -> None:
    unchecked = {
        "services/x/main.py": " ",
        "services/x/gone.py": "needs a driver",
        "entrypoint": "needs a database",
    }

    assert runfiles.unknown(unchecked, unpacked.root) == [
        'unchecked names "services/x/gone.py", which is no file of the image',
        'unchecked names "services/x/main.py", which is excepted for no reason',
    ]
