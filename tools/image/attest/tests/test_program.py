"""Tests of what is said of an image beside it."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.image.attest import program
from tools.image.attest.provenance import Revision
from tools.image.oci.layout import Document, Image

BOM = b'{"bomFormat":"CycloneDX"}'
COMMIT = "BUILD_EMBED_LABEL \nSTABLE_GIT_COMMIT abc\n"


@dataclass(frozen=True)
class Written:
    """What the program has written for an image."""

    plan: Document
    tags: str
    bom: Image
    provenance: Image

    def statement(self) -> Document:
        (layer,) = self.provenance.layers
        found: Document = json.loads(self.provenance.layer_file(layer).read_bytes())
        return found

    def sources(self) -> list[Document]:
        definition = self.statement()["predicate"]["buildDefinition"]
        sources: list[Document] = definition["resolvedDependencies"]
        return sources


@pytest.fixture
def subject(tmp_path: Path) -> Path:
    """Return what statements say of an image."""
    for name, digest in (("image", "sha256:1"), ("base", "sha256:0")):
        found = {"mediaType": "m", "digest": digest, "size": 3, "platform": {}}
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.json").write_text(json.dumps({"manifests": [found]}))
    output = tmp_path / "subject.json"
    folders = [f"--image={tmp_path / 'image'}", f"--base={tmp_path / 'base'}"]
    program.main(["subject", *folders, f"--output={output}"])
    return output


def planned(subject: Path, status: str = "") -> Written:
    """Write everything that a push of the image needs."""
    folder = subject.parent
    (folder / "bom.json").write_bytes(BOM)
    (folder / "status.txt").write_text(status)
    (folder / "digest").write_text("sha256:1\n")
    words = ["plan", "--image=//a:image", "--repository=h/a", f"--subject={subject}"]
    words += [f"--digest={folder / 'digest'}"]
    words += [f"--{name}={folder / name}" for name in ("output", "tags")]
    words += [f"--bom={folder / 'bom.json'}"]
    words += [f"--artifact={folder / name}" for name in ("b", "p")]
    for part in ("", "_bom", "_provenance"):
        words += ["--part", f"//a:image{part}"]
    words += [f"--status={folder / 'status.txt'}"] if status else []
    assert program.main(words) == 0
    return Written(
        json.loads((folder / "output").read_bytes()),
        (folder / "tags").read_text(),
        Image(folder / "b"),
        Image(folder / "p"),
    )


def test_the_bill_is_an_artifact_that_refers_to_its_image(subject: Path) -> None:
    bom = planned(subject).bom

    media_type = "application/vnd.cyclonedx+json"
    want = {"mediaType": "m", "digest": "sha256:1", "size": 3}
    assert bom.manifest["subject"] == want
    assert bom.manifest["artifactType"] == media_type
    assert bom.manifest["config"]["mediaType"] == media_type
    assert "annotations" not in bom.manifest
    assert [bom.layer_file(layer).read_bytes() for layer in bom.layers] == [BOM]
    assert bom.blob(bom.manifest["config"]["digest"]).read_text() == "{}"


def test_provenance_names_the_image_and_what_it_is_made_of(subject: Path) -> None:
    written = planned(subject)

    assert written.provenance.manifest["subject"]["digest"] == "sha256:1"
    assert "annotations" not in written.provenance.manifest
    named = [{"name": "//a:image", "digest": {"sha256": "1"}}]
    assert written.statement()["subject"] == named
    base, bom = written.sources()
    assert base == {"uri": "oci:base", "digest": {"sha256": "0"}}
    assert bom["uri"] == "file:bill-of-materials"


def test_stamped_provenance_names_the_commit(subject: Path) -> None:
    written = planned(subject, COMMIT)

    assert written.provenance.manifest["annotations"] == {program.REVISION: "abc"}
    want = {"uri": "git:repository", "digest": {"gitCommit": "abc"}}
    assert written.sources()[-1] == want


def test_edits_beside_the_commit_are_never_called_by_its_name(subject: Path) -> None:
    written = planned(subject, f"{COMMIT}STABLE_GIT_DIRTY true\n")

    revision = {program.REVISION: "abc-dirty"}
    assert written.provenance.manifest["annotations"] == revision
    assert "gitCommit" not in json.dumps(written.statement())
    assert written.tags == "abc-dirty\nlatest\n"


def test_plan_names_all_that_a_push_sends(subject: Path) -> None:
    written = planned(subject)

    assert written.plan == {
        "image": "//a:image",
        "repository": "h/a",
        "tags": ["dev"],
        "parts": [
            {"digest": digest, "layout": f"//a:{name}"}
            for digest, name in (
                ("sha256:1", "image"),
                (written.bom.digest, "image_bom"),
                (written.provenance.digest, "image_provenance"),
            )
        ],
    }


def test_each_platform_has_artifacts_that_refer_to_its_own_image(
    subject: Path, tmp_path: Path
) -> None:
    known = json.loads(subject.read_bytes())
    known["subject"]["digest"] = "sha256:2"
    other = tmp_path / "other.json"
    other.write_text(json.dumps(known))
    (tmp_path / "bom.json").write_bytes(BOM)
    (tmp_path / "digest").write_text("sha256:0\n")
    words = ["plan", "--image=//a:image", "--repository=h/a"]
    words += [f"--{name}={tmp_path / name}" for name in ("digest", "output", "tags")]
    for facts in (subject, other):
        words += [f"--subject={facts}", f"--bom={tmp_path / 'bom.json'}"]
    words += [f"--artifact={tmp_path / name}" for name in "abcd"]
    words += [f"--part=//a:{name}" for name in ("index", "a", "b", "c", "d")]

    program.main(words)

    artifacts = [Image(tmp_path / name) for name in "abcd"]
    got = [artifact.manifest["subject"]["digest"] for artifact in artifacts]
    assert got == ["sha256:1", "sha256:1", "sha256:2", "sha256:2"]
    parts = json.loads((tmp_path / "output").read_bytes())["parts"]
    want = ["sha256:0", *(artifact.digest for artifact in artifacts)]
    assert [part["digest"] for part in parts] == want


def test_tags_are_dev_or_the_commit_and_latest(subject: Path, tmp_path: Path) -> None:
    plain = planned(subject).tags
    for name in ("b", "p"):
        (tmp_path / name).rename(tmp_path / f"plain-{name}")

    stamped = planned(subject, COMMIT)

    assert (plain, stamped.tags) == ("dev\n", "abc\nlatest\n")
    assert stamped.plan["tags"] == ["abc", "latest"]


def test_the_bill_names_what_layers_hold_and_first_party_folders(
    subject: Path, tmp_path: Path
) -> None:
    base = tmp_path / "base"
    (base / "blobs/sha256").mkdir(parents=True)
    (base / "blobs/sha256/0").write_text('{"layers": []}')
    (tmp_path / "index.json").write_text('{"distributions": [], "python": "3.14.1"}')
    words = ["bom", "--name=a", f"--base={base}", f"--output={tmp_path / 'out'}"]
    policy = tmp_path / "audit.toml"
    policy.write_text("")
    words += ["--licence=MIT", f"--policy={policy}"]

    program.main([*words, "--first-party=libs/a", str(tmp_path / "index.json")])

    found = json.loads((tmp_path / "out").read_bytes())
    names = [component["bom-ref"] for component in found["components"]]
    assert names == ["first-party:libs/a", "pkg:generic/cpython@3.14.1"]
    assert found["components"][0]["licenses"] == [{"expression": "MIT"}]


@pytest.mark.parametrize(
    "text", ["", "STABLE_GIT_COMMIT unknown\n", "STABLE_GIT_COMMIT \n"]
)
def test_stamping_without_a_commit_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "status.txt").write_text(text)

    with pytest.raises(SystemExit, match="--stamp needs STABLE_GIT_COMMIT"):
        Revision.read(tmp_path / "status.txt")
