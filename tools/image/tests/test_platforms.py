"""Tests of an image for two platforms: built on one machine, with nothing emulated."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.image.boot.rootfs import unpack
from tools.image.conformance import checks
from tools.image.conformance.checks import Unpacked
from tools.image.oci.layout import Image
from tools.image.publish.plan import Plan
from tools.registry import between, serving

CRANE = os.environ["CRANE"]
INDEX = Image(Path(os.environ["INDEX"]))
AMD64, ARM64 = INDEX.images


@pytest.fixture
def registry() -> Iterator[str]:
    """Yield the address of a registry that ends with the test."""
    with serving.running(CRANE) as address:
        yield address


def own_layers(image: Image, other: Image) -> dict[str, int]:
    """Return the layers that only one of two images has, with their bytes."""
    found = {layer["digest"] for layer in other.layers}
    return {
        layer["digest"]: layer["size"]
        for layer in image.layers
        if layer["digest"] not in found
    }


def alone(image: Image, folder: Path) -> Path:
    """Make a layout of one image of the index."""
    document = {"schemaVersion": 2, "manifests": [image.descriptor]}
    (folder / "index.json").write_text(json.dumps(document))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (folder / "blobs").symlink_to((INDEX.folder / "blobs").absolute())
    return folder


def push(layout: Path, reference: str) -> int:
    """Push a layout; return how many bytes were sent."""
    with between.counting(reference.partition("/")[0]) as counter:
        name = reference.partition("/")[2]
        command = [CRANE, "push", str(layout), f"{counter.address}/{name}"]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    return counter.sent


def test_the_index_names_both_images_with_their_platforms() -> None:
    got = [
        (entry["digest"], entry["platform"]["os"], entry["platform"]["architecture"])
        for entry in INDEX.manifest["manifests"]
    ]

    assert got == [(AMD64.digest, "linux", "amd64"), (ARM64.digest, "linux", "arm64")]


@pytest.mark.parametrize("image", [AMD64, ARM64], ids=["amd64", "arm64"])
def test_all_that_is_compiled_is_for_the_image_s_processor(
    image: Image, tmp_path: Path
) -> None:
    unpack(image, tmp_path)
    unpacked = Unpacked(image, tmp_path)

    assert checks.machines(unpacked) == []
    assert checks.libraries(unpacked) == []


def test_layers_without_compiled_code_are_the_same_bytes() -> None:
    pairs = zip(AMD64.layers, ARM64.layers, strict=True)

    same = [own["digest"] == other["digest"] for own, other in pairs]

    # The base; the interpreter and numpy, each without compiled code, then with it; first-party code.
    assert same == [False, True, False, True, False, True]


def test_each_platform_has_documents_of_its_own() -> None:
    plan = Plan.read(Path(os.environ["PLAN"]))
    bom = Image(Path(os.environ["BOM"]))

    assert plan.digest == INDEX.digest
    assert [part.layout.rpartition(":")[2] for part in plan.parts] == [
        "both_index",
        "both_linux_amd64_bom",
        "both_linux_amd64_provenance",
        "both_linux_arm64_bom",
        "both_linux_arm64_provenance",
    ]
    assert plan.parts[3].digest == bom.digest
    assert bom.manifest["subject"]["digest"] == ARM64.digest


def test_where_one_platform_is_only_the_other_s_own_layers_are_sent(
    registry: str, tmp_path: Path
) -> None:
    push(alone(AMD64, tmp_path), f"{registry}/app@{AMD64.digest}")
    own = sum(own_layers(ARM64, AMD64).values())

    sent = push(INDEX.folder, f"{registry}/app@{INDEX.digest}")

    print(f"sent {sent:,} bytes; {own:,} are layers of arm64 alone")
    assert own <= sent < own + 100_000
