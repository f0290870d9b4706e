"""Tests of artifacts that refer to an image."""

import json
from pathlib import Path

import pytest

from tools.image.layout import Document, Image
from tools.image.referrers import attach, provenance, status, tags


@pytest.fixture
def image(tmp_path: Path) -> Path:
    folder = tmp_path / "image"
    folder.mkdir()
    subject = {"mediaType": "m", "digest": "sha256:1", "size": 3, "platform": {}}
    (folder / "index.json").write_text(json.dumps({"manifests": [subject]}))
    return folder


def stamp(folder: Path, text: str) -> Path:
    path = folder / "status.txt"
    path.write_text(text)
    return path


def test_an_artifact_names_its_image_and_is_complete(
    image: Path, tmp_path: Path
) -> None:
    document = tmp_path / "bom.json"
    document.write_text("{}\n")
    output = tmp_path / "out"
    arguments = [
        "--image",
        str(image),
        "--document",
        str(document),
        "--media-type",
        "x/y",
    ]

    attach.main([*arguments, "--output", str(output)])

    made = Image(output)
    assert made.manifest["subject"] == {
        "mediaType": "m",
        "digest": "sha256:1",
        "size": 3,
    }
    assert (
        made.manifest["config"]["mediaType"] == made.manifest["artifactType"] == "x/y"
    )
    assert "annotations" not in made.manifest
    assert [made.layer_file(layer).read_text() for layer in made.layers] == ["{}\n"]
    assert made.blob(made.manifest["config"]["digest"]).read_text() == "{}"


def stated(image: Path, folder: Path, *more: str) -> tuple[Image, Document]:
    """Write an image's provenance; return the artifact and the statement in it."""
    (folder / "bom.json").write_text("{}\n")
    output = folder / "provenance"
    arguments = [f"--image={image}", f"--base={image}", f"--output={output}", *more]
    provenance.main([*arguments, "--target=//a:image", f"--bom={folder / 'bom.json'}"])
    made = Image(output)
    (layer,) = made.layers
    return made, json.loads(made.layer_file(layer).read_text())


def test_provenance_names_the_image_and_what_it_is_made_of(
    image: Path, tmp_path: Path
) -> None:
    made, statement = stated(image, tmp_path)

    parts = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert made.manifest["subject"]["digest"] == "sha256:1"
    assert "annotations" not in made.manifest
    assert statement["subject"] == [{"name": "//a:image", "digest": {"sha256": "1"}}]
    assert [it["uri"] for it in parts] == ["oci:base", "file:bill-of-materials"]


def test_stamped_provenance_names_the_commit(image: Path, tmp_path: Path) -> None:
    state = stamp(tmp_path, "STABLE_GIT_COMMIT abc\n")

    made, statement = stated(image, tmp_path, f"--status={state}")

    parts = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert made.manifest["annotations"] == {attach.REVISION: "abc"}
    assert parts[-1] == {"uri": "git:repository", "digest": {"gitCommit": "abc"}}


def test_tags_are_dev_or_the_commit_and_latest(tmp_path: Path) -> None:
    state = stamp(tmp_path, "BUILD_EMBED_LABEL \nSTABLE_GIT_COMMIT abc\n")

    tags.main(["--output", str(tmp_path / "plain")])
    tags.main(["--output", str(tmp_path / "stamped"), "--status", str(state)])

    assert (tmp_path / "plain").read_text() == "dev\n"
    assert (tmp_path / "stamped").read_text() == "abc\nlatest\n"


@pytest.mark.parametrize(
    "text", ["", "STABLE_GIT_COMMIT unknown\n", "STABLE_GIT_COMMIT \n"]
)
def test_stamping_without_a_commit_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SystemExit, match="--stamp needs STABLE_GIT_COMMIT"):
        status.commit_of(stamp(tmp_path, text))
