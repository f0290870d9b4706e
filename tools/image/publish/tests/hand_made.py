"""Writes layouts by hand: an image, an index of two, and what refers to one of them."""

import io
import json
import tarfile
from pathlib import Path

from tools.image.attest.program import write_artifact
from tools.image.oci import layout
from tools.image.oci.layout import Document, Image
from tools.image.publish.plan import Part, Plan

INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"
DOCUMENT_TYPE = "application/vnd.cyclonedx+json"


def tar(files: dict[str, bytes]) -> bytes:
    """Return a layer of files."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def image_blobs(architecture: str, layers: list[bytes]) -> tuple[Document, list[bytes]]:
    """Return the manifest of an image, and the blobs that it names."""
    config = {"os": "linux", "architecture": architecture, "config": {}}
    encoded = layout.encode(config)
    manifest = {
        "schemaVersion": 2,
        "mediaType": layout.MANIFEST_TYPE,
        "config": layout.descriptor_of(CONFIG_TYPE, encoded),
        "layers": [layout.descriptor_of(LAYER_TYPE, layer) for layer in layers],
    }
    return manifest, [encoded, *layers]


def write_image(folder: Path, *layers: bytes) -> Image:
    """Write an image of linux/amd64."""
    manifest, blobs = image_blobs("amd64", list(layers))
    layout.write(folder, manifest, blobs)
    return Image(folder)


def write_index(folder: Path, **layers: list[bytes]) -> Image:
    """Write an index of an image for each architecture, of its layers."""
    listed: list[Document] = []
    blobs: list[bytes] = []
    for architecture, own in layers.items():
        manifest, parts = image_blobs(architecture, own)
        content = layout.encode(manifest)
        platform = {"os": "linux", "architecture": architecture}
        known = layout.descriptor_of(layout.MANIFEST_TYPE, content)
        listed.append(known | {"platform": platform})
        blobs += [content, *parts]
    index = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": listed}
    layout.write(folder, index, blobs)
    # What is written is said to be a manifest.
    path = folder / "index.json"
    top = json.loads(path.read_bytes())
    top["manifests"][0]["mediaType"] = INDEX_TYPE
    path.write_bytes(layout.encode(top))
    return Image(folder)


def plan_of(repository: str, image: Image) -> tuple[Plan, dict[str, Path]]:
    """Return the plan of a push of an image with one document, and the layouts of both."""
    document = image.folder.with_name(f"{image.folder.name}_document")
    digest = write_artifact(document, image.descriptor, DOCUMENT_TYPE, b"{}")
    parts = (Part(image.digest, "image"), Part(digest, "document"))
    plan = Plan("//x:image", repository, ("dev",), parts)
    return plan, {"image": image.folder, "document": document}
