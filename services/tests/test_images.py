"""Tests what the images of the services share: a registry and a machine keep it once."""

from collections.abc import Mapping
from pathlib import Path

from tools.image.oci.layout import Document, Image

API = Image(Path("services/fastapi_ml/image"))
WORKER = Image(Path("services/common_ml/image"))

# Layers of no service: the interpreter, and large distributions.
SHARED = "//tools/image/layers:"


def layers_by_maker(image: Image) -> Mapping[str, list[Document]]:
    """Return an image's layers by the target that made each, as its history tells."""
    makers: dict[str, list[Document]] = {}
    for entry, layer in zip(image.config["history"], image.layers, strict=True):
        maker = entry["created_by"].removeprefix("bazel build ")
        makers.setdefault(maker, []).append(layer)
    return makers


def test_base_interpreter_and_common_distributions_are_the_same_bytes() -> None:
    api, worker = layers_by_maker(API), layers_by_maker(WORKER)
    common = [maker for maker in api if maker in worker]

    assert {maker: worker[maker] for maker in common} == {
        maker: api[maker] for maker in common
    }
    # They lie lowest, so that a runtime that keeps stacks of layers keeps them once, too.
    assert API.layers[0] == WORKER.layers[0]
    assert f"{SHARED}interpreter" in common
    assert f"{SHARED}numpy" in common
    assert [it for it in worker if it.startswith(SHARED) and it not in common] == []


def test_nine_tenths_of_the_smaller_image_are_stored_once() -> None:
    sizes = [
        {it["digest"]: it["size"] for it in image.layers} for image in (API, WORKER)
    ]
    shared = sum(size for digest, size in sizes[0].items() if digest in sizes[1])
    smaller = min(sum(it.values()) for it in sizes)

    print(f"shared: {shared:,} of {smaller:,} bytes, {shared / smaller:.1%}")
    assert shared >= 0.9 * smaller
