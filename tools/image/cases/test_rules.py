"""The plain image rules from outside: what is refused, what is made on demand."""

import tarfile

import pytest

from tools.nested.checkout import Checkout

_LOADS = """\
load("@rules_oci//oci:defs.bzl", "oci_image", "oci_load", "oci_push")

oci_image(name = "good", os = "linux", architecture = "amd64")
"""


@pytest.mark.parametrize(
    ("target", "words"),
    [
        pytest.param(
            'oci_image(name = "bad")', ["os", "architecture", "base"], id="no-platform"
        ),
        pytest.param(
            'oci_image(name = "bad", base = ":good", architecture = "arm64")',
            ["architecture", "base"],
            id="a-platform-over-a-base",
        ),
        pytest.param(
            'oci_image(name = "bad", base = ":good", tars = ["layer.zip"])',
            ["layer.zip", "tars"],
            id="a-layer-of-another-kind",
        ),
        pytest.param(
            'oci_push(name = "bad", image = "layer.zip", repository = "host/app")',
            ["oci_image", "oci_image_index"],
            id="a-push-of-a-file",
        ),
        pytest.param(
            'oci_push(name = "bad", image = ":good", repository = "host/app:tag")',
            ["repository", "host/app:tag"],
            id="a-repository-with-a-tag",
        ),
        pytest.param(
            'oci_push(name = "bad", image = ":good", repository = "host/app@sha256:1")',
            ["repository", "host/app@sha256:1"],
            id="a-repository-with-a-digest",
        ),
    ],
)
def test_a_target_that_can_not_work_fails_its_analysis(
    checkout: Checkout, target: str, words: list[str]
) -> None:
    checkout.write("case/layer.zip", "")
    checkout.write("case/BUILD.bazel", f"{_LOADS}\n{target}\n")

    got = checkout.bazel("build", "--nobuild", "//case:bad")

    assert got.exit_code == 1
    assert [word for word in words if word not in got.text] == []


def test_a_damaged_layer_fails_the_build(checkout: Checkout) -> None:
    image = 'oci_image(name = "bad", base = ":good", tars = ["layer.tar.gz"])'
    checkout.write("case/BUILD.bazel", f"{_LOADS}\n{image}\n")
    (checkout.root / "case" / "layer.tar.gz").write_bytes(b"\x1f\x8b\x08 cut")

    got = checkout.bazel("build", "//case:bad")

    assert got.exit_code == 1


def test_the_archive_of_a_load_is_made_on_demand(checkout: Checkout) -> None:
    load = 'oci_load(name = "load", image = ":good", repo_tags = ["app:dev"])'
    checkout.write("case/BUILD.bazel", f"{_LOADS}\n{load}\n")
    archive = checkout.root / "bazel-bin" / "case" / "load" / "tarball.tar"

    plain = checkout.bazel("build", "//case:load")
    made_by_plain = archive.exists()
    asked = checkout.bazel("build", "--output_groups=+tarball", "//case:load")

    assert (plain.exit_code, made_by_plain, asked.exit_code) == (0, False, 0)
    with tarfile.open(archive) as tar:
        assert tar.getnames()[-1] == "manifest.json"
