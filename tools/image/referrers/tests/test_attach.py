"""Tests of artifacts that refer to an image."""

import json
from pathlib import Path

import pytest

from tools.image.layout import Document, Image
from tools.image.referrers import attach, plan, provenance, status, subject, tags


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Return what statements say of an image."""
    for name, digest in (("image", "sha256:1"), ("base", "sha256:0")):
        found = {"mediaType": "m", "digest": digest, "size": 3, "platform": {}}
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.json").write_text(json.dumps({"manifests": [found]}))
    output = tmp_path / "subject.json"
    folders = [f"--image={tmp_path / 'image'}", f"--base={tmp_path / 'base'}"]
    subject.main([*folders, f"--output={output}"])
    return output


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
        "--subject",
        str(image),
        "--digest",
        str(tmp_path / "digest"),
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
    arguments = [f"--subject={image}", f"--output={output}", *more]
    arguments += [f"--digest={folder / 'digest'}"]
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
    assert parts[0]["digest"] == {"sha256": "0"}
    assert (tmp_path / "digest").read_text() == made.digest


def test_stamped_provenance_names_the_commit(image: Path, tmp_path: Path) -> None:
    state = stamp(tmp_path, "STABLE_GIT_COMMIT abc\n")

    made, statement = stated(image, tmp_path, f"--status={state}")

    parts = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert made.manifest["annotations"] == {attach.REVISION: "abc"}
    assert parts[-1] == {"uri": "git:repository", "digest": {"gitCommit": "abc"}}


def test_edits_beside_the_commit_are_never_called_by_its_name(
    image: Path, tmp_path: Path
) -> None:
    state = stamp(tmp_path, "STABLE_GIT_COMMIT abc\nSTABLE_GIT_DIRTY true\n")

    made, statement = stated(image, tmp_path, f"--status={state}")
    tags.main(["--output", str(tmp_path / "tags"), "--status", str(state)])

    assert made.manifest["annotations"] == {attach.REVISION: "abc-dirty"}
    assert "gitCommit" not in json.dumps(statement)
    assert (tmp_path / "tags").read_text() == "abc-dirty\nlatest\n"


def test_plan_names_all_that_a_push_sends(tmp_path: Path) -> None:
    files = {"digest": "sha256:1\n", "repository": "h/a\n", "tags": "b\nc\n", "r": "d"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    names = ("digest", "repository", "tags", "output")
    arguments = [f"--{name}={tmp_path / name}" for name in names]

    plan.main([*arguments, "--image=//a:image", f"--referrer={tmp_path / 'r'}"])

    assert json.loads((tmp_path / "output").read_text()) == {
        "image": "//a:image",
        "digest": "sha256:1",
        "repository": "h/a",
        "tags": ["b", "c"],
        "referrers": ["d"],
    }


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
        status.revision_of(stamp(tmp_path, text))
