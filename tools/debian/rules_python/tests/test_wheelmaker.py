"""Tests of the program that writes wheels."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
import wheelmaker


def make(folder: Path, *options: str, version: str = "1.0") -> int:
    files = {
        "metadata": "Metadata-Version: 2.1\nName: price-list\n",
        "inputs": f"libs/a/src/b.py;{folder}/b.py\nlibs/a/src/data;{folder}/data\n",
        "b.py": "B = 1\n",
        "data/x,y.csv": "1\n",
        "data/deep/z.txt": "2\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return wheelmaker.main(
        [
            *("--out", f"{folder}/price_list-{version}-py3-none-any.whl"),
            *("--name_file", f"{folder}/name", "--version", version),
            *("--metadata_file", f"{folder}/metadata"),
            *("--input_file_list", f"{folder}/inputs"),
            *("--strip_path_prefix", "libs/a/src/", *options),
        ]
    )


def read(folder: Path, name: str) -> str:
    with zipfile.ZipFile(folder / "price_list-1.0-py3-none-any.whl") as wheel:
        return wheel.read(name).decode()


def test_its_record_lists_every_file_and_folders_are_walked(tmp_path: Path) -> None:
    assert make(tmp_path) == 0

    rows = csv.reader(io.StringIO(read(tmp_path, "price_list-1.0.dist-info/RECORD")))
    found = {name: (digest[:7], size) for name, digest, size in rows}
    assert found["b.py"] == ("sha256=", "6")
    assert found["data/x,y.csv"] == found["data/deep/z.txt"] == ("sha256=", "2")
    assert found["price_list-1.0.dist-info/RECORD"] == ("", "")
    assert (tmp_path / "name").read_text() == "price_list-1.0-py3-none-any.whl"


def test_requirements_are_read_as_pip_reads_them(tmp_path: Path) -> None:
    (tmp_path / "all").write_text(
        "# note\n-r other\nnumpy>=2 # fast\nsix; os_name=='nt'\n"
    )
    (tmp_path / "fast").write_text("pyyaml\nsix; os_name=='nt'\n")
    (tmp_path / "readme").write_text("Prices")
    (tmp_path / "points").write_text("[x]\n")

    extras = ("--requires", f"fast;{tmp_path}/fast", "--requires", f";{tmp_path}/all")
    points = ("--extra_distinfo_file", f"entry_points.txt;{tmp_path}/points")
    readme = ("--description_file", f"{tmp_path}/readme")
    assert make(tmp_path, *extras, *points, *readme) == 0

    assert read(tmp_path, "price_list-1.0.dist-info/METADATA") == (
        "Metadata-Version: 2.1\nName: price-list\nProvides-Extra: fast\n"
        "Requires-Dist: pyyaml; extra == 'fast'\n"
        "Requires-Dist: six; (os_name=='nt') and extra == 'fast'\n"
        "Requires-Dist: numpy>=2\nRequires-Dist: six; os_name=='nt'\n"
        "Version: 1.0\n\nPrices\n"
    )
    assert read(tmp_path, "price_list-1.0.dist-info/entry_points.txt") == "[x]\n"


def test_equal_files_make_equal_wheels(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        make(tmp_path / name)

    name = "price_list-1.0-py3-none-any.whl"
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_version_of_another_spelling_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(tmp_path, version="1.0-beta2") == 1

    assert "Fix: write it so in py_wheel" in capsys.readouterr().err
