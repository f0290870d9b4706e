"""The archives that container engines load."""

import io
import json
import tarfile
from pathlib import Path

import archive
import combine
import pytest
from layout import LayoutError

from tools.debian.rules_oci.tests import images
from tools.debian.rules_oci.tests.images import SCRATCH, assembled, layer


def _image(folder: Path) -> Path:
    same = layer(folder, "a.tar", images.EMPTY_TAR, "//p:a")
    packed = layer(folder, "b.tar.gz", images.GZIPPED, "//p:b")
    return assembled(folder, "image", *SCRATCH, *same, *packed, *same)


def _index(folder: Path) -> Path:
    index = folder / "index"
    index.mkdir()
    combine.combine([_image(folder)], index)
    return index


def _unpacked(members: list[archive.Member]) -> dict[str, bytes]:
    stream = io.BytesIO()
    archive.write(stream, members)
    stream.seek(0)
    with tarfile.open(fileobj=stream) as tar:
        found = {}
        for header in tar:
            file = tar.extractfile(header)
            assert file is not None
            assert (header.mtime, header.mode, header.uid) == (1672560000, 0o755, 0)
            found[header.name] = file.read()
    return found


def test_a_docker_archive_names_config_tags_and_layers(tmp_path: Path) -> None:
    image = _image(tmp_path)

    found = _unpacked(archive.members(image, "docker", ["a:1", "b:2"]))

    [described] = json.loads(found["manifest.json"])
    manifest = images.manifest_of(image)
    names = [f"blobs/sha256/{it['digest'][7:]}.tar.gz" for it in manifest["layers"]]
    assert described["RepoTags"] == ["a:1", "b:2"]
    assert described["Layers"] == names
    assert found[names[0]] == images.EMPTY_TAR
    assert found[names[1]] == images.GZIPPED
    assert json.loads(found[described["Config"]]) == images.config_of(image)
    assert len(found) == 4


def test_an_oci_archive_has_an_entry_for_each_tag(tmp_path: Path) -> None:
    index = _index(tmp_path)

    found = _unpacked(archive.members(index, "oci", ["a:1", "b:2"]))

    entries = json.loads(found["index.json"])["manifests"]
    names = [it["annotations"]["org.opencontainers.image.ref.name"] for it in entries]
    assert names == ["a:1", "b:2"]
    blobs = {f"blobs/sha256/{it.name}" for it in (index / "blobs" / "sha256").iterdir()}
    assert set(found) == blobs | {"oci-layout", "index.json"}


def test_the_form_must_fit_what_is_loaded(tmp_path: Path) -> None:
    index = _index(tmp_path)

    with pytest.raises(LayoutError, match='format "docker" is for an oci_image, but'):
        archive.members(index, "docker", ["a:1"])
    with pytest.raises(LayoutError, match='set format = "docker", or load'):
        archive.members(tmp_path / "image", "oci", ["a:1"])
