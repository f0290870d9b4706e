"""Makes images for the tests, as the rules would by their actions."""

from pathlib import Path

import assemble
import describe
import layout

# An archive with no member: the smallest layer there is.
EMPTY_TAR = b"\0" * 1024
# The same, as one version of gzip and of zstd packed it: other versions differ.
GZIPPED = bytes.fromhex("1f8b080000000000020363601805a360148c5400002eafb5ef00040000")
ZSTANDARD = bytes.fromhex("28b52ffd6400034d00001000000100fb2b8005cdac85f0")

SCRATCH = ("--os=linux", "--architecture=amd64")


def assembled(folder: Path, name: str, *arguments: str) -> Path:
    """Return the layout that the arguments make, below the folder."""
    output = folder / name
    output.mkdir()
    digest = folder / f"{name}.digest"
    code = assemble.main([f"--output={output}", f"--digest={digest}", *arguments])
    assert code == 0
    return output


def digest_of(image: Path) -> str:
    """Return the digest that was written for a layout."""
    return image.with_name(f"{image.name}.digest").read_text(encoding="utf-8").strip()


def layer(folder: Path, name: str, content: bytes, label: str) -> list[str]:
    """Return the arguments that put a layer on top."""
    path, description = folder / name, folder / f"{name}.json"
    path.write_bytes(content)
    assert describe.main([str(path), str(description), label]) == 0
    return ["--layer", str(path), str(description)]


def setting(folder: Path, name: str, text: str) -> str:
    """Return the argument that gives a setting this text."""
    path = folder / f"{name}-{len(list(folder.iterdir()))}.txt"
    path.write_text(text, encoding="utf-8")
    return f"--{name}={path}"


def config_of(image: Path) -> layout.Document:
    """Return the configuration of the one image in a layout."""
    manifest = manifest_of(image)
    return layout.read_document(layout.blob_path(image, manifest["config"]["digest"]))


def manifest_of(image: Path) -> layout.Document:
    """Return the one manifest of a layout."""
    digest = layout.only_descriptor(image)["digest"]
    return layout.read_document(layout.blob_path(image, digest))
