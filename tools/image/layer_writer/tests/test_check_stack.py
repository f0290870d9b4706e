"""Tests of what is refused before layers become an image."""

import json
from pathlib import Path

import pytest

from tools.image.layer_writer import check_stack
from tools.image.layer_writer.archive import Member, write_tar


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    (folder / "blobs/sha256").mkdir(parents=True)
    (folder / "index.json").write_text('{"manifests": [{"digest": "sha256:m"}]}')
    (folder / "blobs/sha256/m").write_text('{"layers": [{}, {}]}')
    return folder


def index(folder: Path, name: str, files: dict[str, str]) -> str:
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"distributions": [{"name": name}], "files": files}))
    return str(path)


def arguments(base: Path, output: Path, layers: int) -> list[str]:
    return [
        *(
            "--image",
            "//services/x:image",
            "--base",
            str(base),
            "--layers",
            str(layers),
        ),
        *(
            "--most-layers",
            "100",
            "--entrypoint",
            str(output),
            "--word=python",
            "--word=-m",
        ),
    ]


def test_good_layers_give_the_entrypoint(base: Path, tmp_path: Path) -> None:
    output = tmp_path / "entrypoint.txt"
    one = index(tmp_path, "one", {"a": "1", "b": "2"})
    two = index(tmp_path, "two", {"a": "1"})

    got = check_stack.main([*arguments(base, output, 98), one, two])

    assert (got, output.read_text()) == (0, "python\n-m\n")


def test_layers_that_differ_over_a_file_are_refused(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "entrypoint.txt"
    one = index(tmp_path, "one", {"opt/a.py": "1"})
    two = index(tmp_path, "two", {"opt/a.py": "2"})

    got = check_stack.main([*arguments(base, output, 2), two, one])

    assert (got, output.exists()) == (1, False)
    assert (
        "/opt/a.py is in both one and two, with different bytes.\n"
        in capsys.readouterr().err
    )


def test_the_layers_of_the_base_count(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    got = check_stack.main(arguments(base, tmp_path / "entrypoint.txt", 99))

    assert got == 1
    assert (
        "//services/x:image would have 101 layers; at most 100 are wanted."
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("name", ["lib.py", "folder", "none"])
def test_a_base_that_is_no_image_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "lib.py").touch()
    (tmp_path / "folder").mkdir()

    got = check_stack.main(arguments(tmp_path / name, tmp_path / "entrypoint.txt", 1))

    assert got == 1
    assert capsys.readouterr().err == (
        f"//services/x:image has {tmp_path / name} as its base, which is no OCI layout folder.\n"
        "Fix: name an image: an oci_image, a py_image or what oci.pull has brought.\n"
    )


@pytest.mark.parametrize(
    ("beside", "taken"),
    [
        pytest.param("etc/passwd", "etc/passwd", id="a-file"),
        pytest.param("lib/x.bin", "lib", id="below-a-link"),
    ],
)
def test_data_beside_the_repository_replaces_nothing_of_the_base(
    base: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    beside: str,
    taken: str,
) -> None:
    members = {"etc/passwd": Member(), "lib": Member(link="usr/lib")}
    (base / "blobs/sha256/m").write_text('{"layers": [{"digest": "sha256:l"}]}')
    with (base / "blobs/sha256/l").open("wb") as layer:
        write_tar(layer, members)
    line = [*arguments(base, tmp_path / "entrypoint.txt", 1), "--beside=etc/app.toml"]

    allowed = check_stack.main(line)
    refused = check_stack.main([*line, f"--beside={beside}"])

    assert (allowed, refused, capsys.readouterr().err) == (
        0,
        1,
        f"//services/x:image has data beside the repository that would replace /{taken} of its base.\n"
        "Fix: name it below the repository, by `symlinks` in place of `root_symlinks`.\n",
    )
