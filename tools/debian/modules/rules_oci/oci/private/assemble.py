"""Assembles one image: an OCI layout folder and a file with its digest.

Invoked as: python3 -EsSB assemble.py --output=DIR --digest=FILE
  (--os=OS --architecture=ARCH [--variant=V] | --base=LAYOUT)
  [--layer TAR DESCRIPTION]... [--entrypoint=FILE] [--env=FILE] [--user=NAME] ...
Layers are linked, never copied. With a base, only what the new image names is kept.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from layout import (
    IMAGE_CONFIG,
    IMAGE_INDEX,
    IMAGE_MANIFEST,
    Document,
    LayoutError,
    blob_path,
    descriptor_of,
    digest_of,
    encode,
    link_blob,
    only_descriptor,
    read_document,
    write_blob,
)
from settings import Settings, configured, pairs

_LAYER = "application/vnd.oci.image.layer.v1.tar"
_DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar"
_EPOCH = "1970-01-01T00:00:00Z"
# These settings are texts of their own; the others are names of files.
_PLAIN = ("user", "workdir")


@dataclass
class Image:
    """An image while it is made; `sources` says where each layer's blob lies."""

    manifest: Document
    config: Document
    sources: dict[str, Path]

    @classmethod
    def from_scratch(cls, platform: dict[str, str]) -> Self:
        """Return an image with no layer."""
        manifest = {
            "schemaVersion": 2,
            "mediaType": IMAGE_MANIFEST,
            "config": {"mediaType": IMAGE_CONFIG, "size": 0},
            "layers": [],
        }
        rootfs = {"type": "layers", "diff_ids": []}
        config = {"created": _EPOCH, "config": {}, "history": [], "rootfs": rootfs}
        return cls(manifest, config | platform, {})

    @classmethod
    def from_base(cls, base: Path) -> Self:
        """Return an image that continues another one."""
        descriptor = only_descriptor(base)
        manifest = read_document(blob_path(base, descriptor["digest"]))
        if "config" not in manifest:
            found = manifest.get("mediaType")
            raise LayoutError(
                f"the base {base} holds {found!r}; one image is wanted.\n"
                "Fix: name the oci_image of one platform as base."
            )
        config = read_document(blob_path(base, manifest["config"]["digest"]))
        digests = [layer["digest"] for layer in manifest["layers"]]
        return cls(
            manifest, config, {digest: blob_path(base, digest) for digest in digests}
        )

    def add_layer(self, source: Path, description: Document) -> None:
        """Put a layer on top."""
        docker = self.manifest.get("mediaType", "").startswith(
            "application/vnd.docker."
        )
        media_type = _DOCKER_LAYER if docker else _LAYER
        if description["compression"]:
            media_type += f"{'.' if docker else '+'}{description['compression']}"
        digest = description["digest"]
        self.manifest["layers"].append(
            {"size": description["size"], "digest": digest, "mediaType": media_type}
        )
        self.config["rootfs"]["diff_ids"].append(description["diffid"])
        history = self.config.get("history") or []
        self.config["history"] = [*history, description["history"]]
        self.sources[digest] = source

    def apply(self, settings: Settings) -> None:
        """Lay what the target says over what the base says."""
        self.config = configured(self.config, settings)
        if settings.annotations is not None:
            base = self.manifest.get("annotations") or {}
            self.manifest["annotations"] = base | pairs(settings.annotations)

    def write(self, folder: Path) -> str:
        """Write the layout and return the manifest's digest."""
        config = encode(self.config)
        entry = self.manifest["config"]
        entry |= {"digest": digest_of(config), "size": len(config)}
        entry.pop("data", None)
        manifest = encode(self.manifest) + b"\n"
        media_type = self.manifest.get("mediaType", IMAGE_MANIFEST)
        descriptor = descriptor_of(media_type, manifest)
        index = {
            "schemaVersion": 2,
            "mediaType": IMAGE_INDEX,
            "manifests": [descriptor],
        }
        for digest, source in self.sources.items():
            link_blob(folder, digest, source)
        write_blob(folder, config)
        (folder / "oci-layout").write_bytes(b'{"imageLayoutVersion":"1.0.0"}')
        (folder / "index.json").write_bytes(encode(index) + b"\n")
        return write_blob(folder, manifest)


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    for name in ("output", "digest"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--base", type=Path)
    for name in ("os", "architecture", "variant"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--layer", type=Path, nargs=2, action="append", default=[])
    for field in fields(Settings):
        kind = str if field.name in _PLAIN else Path
        parser.add_argument(f"--{field.name}", type=kind)
    return parser.parse_args(argv)


def _settings(options: argparse.Namespace) -> Settings:
    values = {field.name: getattr(options, field.name) for field in fields(Settings)}
    for name, value in values.items():
        if isinstance(value, Path):
            values[name] = value.read_text(encoding="utf-8", errors="replace")
    return Settings(**values)


def _assemble(options: argparse.Namespace) -> str:
    if options.base:
        image = Image.from_base(options.base)
    else:
        names = ("architecture", "os", "variant")
        platform = {name: getattr(options, name) for name in names}
        image = Image.from_scratch({key: it for key, it in platform.items() if it})
    for source, description in options.layer:
        image.add_layer(source, read_document(description))
    image.apply(_settings(options))
    return image.write(options.output)


def main(argv: Sequence[str] | None = None) -> int:
    """Assemble the image that the arguments describe."""
    options = _parse(argv)
    try:
        digest = _assemble(options)
    except LayoutError as error:
        print(error, file=sys.stderr)
        return 1
    options.digest.write_text(f"{digest}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
