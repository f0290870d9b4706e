"""Indexes over images; the golden digests are the public rules' own."""

from pathlib import Path

import combine
import layout
import pytest

from tools.debian.rules_oci.tests import images
from tools.debian.rules_oci.tests.images import SCRATCH, assembled, layer, setting


def _combined(folder: Path, *members: Path) -> Path:
    output = folder / "index"
    output.mkdir()
    arguments = [f"--image={image}" for image in members]
    code = combine.main(
        [f"--output={output}", f"--digest={folder}/index.digest", *arguments]
    )
    assert code == 0
    return output


def _amd64(folder: Path) -> Path:
    return assembled(
        folder, "amd64", *SCRATCH, *layer(folder, "l.tar", images.EMPTY_TAR, "//p:l")
    )


def _arm64(folder: Path) -> Path:
    platform = ("--os=linux", "--architecture=arm64", "--variant=v8")
    return assembled(folder, "arm64", *platform, setting(folder, "cmd", "x"))


def test_an_index_has_the_digest_that_the_public_rules_give(tmp_path: Path) -> None:
    index = _combined(tmp_path, _amd64(tmp_path), _arm64(tmp_path))

    assert images.digest_of(index) == (
        "sha256:dc99b296897c2ba867627a44a1778b22a5a198a976f39defc4fff8c4ecdc6e2f"
    )


def test_an_image_of_another_platform(tmp_path: Path) -> None:
    image = _arm64(tmp_path)

    assert images.digest_of(image) == (
        "sha256:47ded7e5aeb3222c1e25a37ebad0e9df7f2cecacabb8360469cbc13fe78a31ce"
    )
    assert combine.entry_of(image)["platform"] == {
        "os": "linux",
        "architecture": "arm64",
        "variant": "v8",
    }


def test_the_folder_holds_what_every_image_needs(tmp_path: Path) -> None:
    members = [_amd64(tmp_path), _arm64(tmp_path)]

    index = _combined(tmp_path, *members)

    blobs = {it.name for it in (index / "blobs" / "sha256").iterdir()}
    of_images = {
        it.name for image in members for it in (image / "blobs" / "sha256").iterdir()
    }
    assert blobs == of_images | {images.digest_of(index).removeprefix("sha256:")}
    assert (index / "oci-layout").read_bytes() == b'{"imageLayoutVersion": "1.0.0"}\n'
    assert layout.only_descriptor(index)["mediaType"] == layout.IMAGE_INDEX


def test_an_index_in_an_index_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = _combined(tmp_path, _amd64(tmp_path))
    output = tmp_path / "outer"
    output.mkdir()

    code = combine.main(
        [f"--output={output}", f"--digest={tmp_path}/digest", f"--image={index}"]
    )

    assert code == 1
    assert "an index is made of images." in capsys.readouterr().err
