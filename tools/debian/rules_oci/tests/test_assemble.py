"""Images whose digests the public rules gave; a change of one byte changes them.

The golden digests come from running rules_oci 2.3.0's own programs on the same inputs.
"""

import json
from pathlib import Path

import assemble
import pytest

from tools.debian.rules_oci.tests import images
from tools.debian.rules_oci.tests.images import SCRATCH, assembled, layer, setting

_PACKAGE = "//tools/image/tests"


def _vector(folder: Path) -> list[str]:
    """Return the arguments of the image that was first seen from the public rules."""
    digest = "sha256:62933cede5c644db538122618bf5acbfd0a24ebf6128e0f0468265faa13eca9d"
    created_by = "bazel build //mini:layer"
    description = {
        "digest": digest,
        "diffid": digest,
        "compression": "",
        "size": 2048,
        "history": {"created": "1970-01-01T00:00:00Z", "created_by": created_by},
    }
    path = folder / "mini.json"
    path.write_text(json.dumps(description), encoding="utf-8")
    return [
        *SCRATCH,
        "--layer",
        str(folder / "layer.tar"),
        str(path),
        setting(folder, "created", "2026-01-02T03:04:05Z"),
        setting(folder, "entrypoint", "/hello"),
        setting(folder, "cmd", "--serve"),
        setting(folder, "exposed_ports", "8080/tcp"),
        setting(folder, "env", "A=1"),
        setting(folder, "labels", "l=v"),
        setting(folder, "annotations", "x=y"),
        "--user=65532",
        "--workdir=/",
    ]


def _app(folder: Path) -> list[str]:
    return [
        *SCRATCH,
        *layer(folder, "app.tar", images.EMPTY_TAR, f"{_PACKAGE}:layer"),
        setting(folder, "entrypoint", "/bin/app\ntwo words"),
        setting(folder, "cmd", "--serve"),
        setting(folder, "exposed_ports", "8080/tcp,53/udp"),
        setting(folder, "volumes", "/data"),
        setting(folder, "env", "MODE=plain\nPATH=/usr/bin"),
        setting(folder, "labels", "motto=a=b\nteam=ml"),
        setting(folder, "annotations", "org.opencontainers.image.title=App é"),
        "--user=65532:65532",
        "--workdir=/app",
    ]


def test_an_empty_image(tmp_path: Path) -> None:
    image = assembled(tmp_path, "image", *SCRATCH)

    assert images.digest_of(image) == (
        "sha256:721f7055dd3bab220c502a761fe7bc3a643cefacfdf04fa749196bfa03384554"
    )
    assert images.manifest_of(image)["config"]["digest"] == (
        "sha256:91da713de6bef274ca8e71b3a5e686085925d0a1e415c8caa503677cbb3ff62a"
    )


def test_an_image_with_every_setting(tmp_path: Path) -> None:
    image = assembled(tmp_path, "image", *_vector(tmp_path))

    assert images.digest_of(image) == (
        "sha256:255f5cc593e5747301c0bb38dd70a24d9b15160b294534916fe2603613eb2d73"
    )
    assert images.manifest_of(image)["config"]["digest"] == (
        "sha256:336877c3e4b7ba041befcb58369c5cf32a648dbd293add6b3d7ea8e52306da47"
    )


def test_settings_over_a_base(tmp_path: Path) -> None:
    base = assembled(tmp_path, "base", *_app(tmp_path))

    image = assembled(
        tmp_path,
        "image",
        f"--base={base}",
        *layer(tmp_path, "over.tar", images.EMPTY_TAR, f"{_PACKAGE}:layer"),
        setting(
            tmp_path, "env", "MODE=over-${MODE}\nPATH=/opt/bin:$PATH\nSEEN=$PATH$NONE"
        ),
        setting(tmp_path, "labels", "new=1\nteam=core"),
        setting(tmp_path, "annotations", "x=y"),
    )

    assert images.digest_of(base) == (
        "sha256:b87b73f22a776617c2444f10a4993d04a57b9ab774281260d9eb781c3bf6891f"
    )
    assert images.digest_of(image) == (
        "sha256:0e0d2d351aefd01b86867ce9a71a74ea0d5edd6af1b11299530179830c1d5378"
    )
    assert images.config_of(image)["config"]["Env"] == [
        "MODE=over-plain",
        "PATH=/opt/bin:/usr/bin",
        "SEEN=/opt/bin:/usr/bin",
    ]


def test_an_entrypoint_over_a_base_with_a_command(tmp_path: Path) -> None:
    base = assembled(tmp_path, "base", *_app(tmp_path))

    image = assembled(
        tmp_path,
        "image",
        f"--base={base}",
        setting(tmp_path, "entrypoint", "/bin/other"),
    )

    assert images.digest_of(image) == (
        "sha256:70447cf95b4935ec6a2316b875d7d5dd90b13b16f67f6fc228e96d2743ec415f"
    )
    assert "Cmd" not in images.config_of(image)["config"]


def test_layers_of_each_compression(tmp_path: Path) -> None:
    image = assembled(
        tmp_path,
        "image",
        *SCRATCH,
        *layer(tmp_path, "gz.tar", images.GZIPPED, "//p:gz"),
        *layer(tmp_path, "zst.tar", images.ZSTANDARD, "//p:zst"),
        *layer(tmp_path, "plain.tar", images.EMPTY_TAR, "//p:plain"),
    )

    assert images.digest_of(image) == (
        "sha256:9c76537b1ce2f576c3857be70dad0862e9d774b63c5c433f00b69d5a64928cc0"
    )
    media_types = [it["mediaType"] for it in images.manifest_of(image)["layers"]]
    assert [
        it.removeprefix("application/vnd.oci.image.layer.v1.") for it in media_types
    ] == [
        "tar+gzip",
        "tar+zstd",
        "tar",
    ]


def test_odd_files_are_read_as_the_public_rules_read_them(tmp_path: Path) -> None:
    image = assembled(
        tmp_path,
        "image",
        *SCRATCH,
        setting(tmp_path, "created", "soon\n"),
        setting(tmp_path, "cmd", "a\n\nb%5Cnc\n"),
        setting(tmp_path, "exposed_ports", "80/tcp\n"),
        setting(tmp_path, "volumes", "/a,/b,/a"),
        setting(tmp_path, "env", "A=1\n\nB\n=c\nA=$B$A\n"),
        setting(tmp_path, "labels", "x\ny=1\nx=2\n"),
        setting(tmp_path, "annotations", "q\n"),
    )

    assert images.digest_of(image) == (
        "sha256:be156e870501cd58b1f057c091371403e2afa21319efd15a238e228d6413c6d9"
    )


def test_empty_files_leave_empty_keys(tmp_path: Path) -> None:
    names = ["created", "entrypoint", "cmd", "exposed_ports", "volumes"]
    names += ["env", "labels", "annotations"]

    image = assembled(
        tmp_path, "image", *SCRATCH, *(setting(tmp_path, name, "") for name in names)
    )

    assert images.digest_of(image) == (
        "sha256:70dc853a5012a9770d3d4ed74c10a462d0f87f7cf93dec5cf6fa5f02ed5f434e"
    )


def test_only_blobs_that_the_image_names_are_kept(tmp_path: Path) -> None:
    base = assembled(tmp_path, "base", *_app(tmp_path))

    image = assembled(tmp_path, "image", f"--base={base}", "--user=0")

    manifest = images.manifest_of(image)
    named = [images.digest_of(image), manifest["config"]["digest"]]
    named += [it["digest"] for it in manifest["layers"]]
    blobs = [f"sha256:{it.name}" for it in (image / "blobs" / "sha256").iterdir()]
    assert sorted(blobs) == sorted(named)


def test_a_layer_is_a_relative_link_to_its_tar(tmp_path: Path) -> None:
    image = assembled(tmp_path, "image", *_app(tmp_path))

    digest = images.manifest_of(image)["layers"][0]["digest"].removeprefix("sha256:")
    link = (image / "blobs" / "sha256" / digest).readlink()
    assert link == Path("../../../app.tar")


def test_layers_over_a_docker_image_get_docker_types(tmp_path: Path) -> None:
    base = assembled(tmp_path, "base", *SCRATCH)
    manifest = images.manifest_of(base) | {
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json"
    }
    image = assemble.Image(manifest, images.config_of(base), {})
    description = {"digest": "sha256:a", "size": 1, "diffid": "sha256:b", "history": {}}

    image.add_layer(tmp_path, {**description, "compression": "gzip"})
    image.add_layer(tmp_path, {**description, "compression": ""})

    assert [it["mediaType"] for it in image.manifest["layers"]] == [
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.diff.tar",
    ]


def test_a_base_that_is_an_index_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = assembled(tmp_path, "base", *SCRATCH)
    digest = images.digest_of(base).removeprefix("sha256:")
    (base / "blobs" / "sha256" / digest).write_text('{"mediaType": "an index"}')
    (tmp_path / "out").mkdir()

    code = assemble.main(
        [f"--output={tmp_path}/out", f"--digest={tmp_path}/digest", f"--base={base}"]
    )

    assert code == 1
    assert "holds 'an index'; one image is wanted." in capsys.readouterr().err
    assert not (tmp_path / "digest").exists()
