"""Layers that tests write, as Bazel writes them: by a fresh process each."""

import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from tools.image.layer_writer import places, write

PROGRAM = write.__file__
SITE = places.SITE_PACKAGES


class Inputs:
    """Files of a layer, and the lines that name them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []

    def add(
        self, kind: str, owner: str, inside: str, content: str | bytes, note: str = ""
    ) -> Path:
        """Add one file."""
        path = self.folder / owner / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.lines.append("\t".join([kind, owner, str(path), inside, note]))
        return path

    def add_wheel(self, name: str, files: dict[str, str], note: str = "") -> None:
        """Add a distribution with the metadata that each has."""
        metadata = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n\n"
        info = f"site-packages/{name}-1.0.dist-info"
        for inside, content in {f"{info}/METADATA": metadata, **files}.items():
            self.add("wheel", name, inside, content, note)

    def write(
        self, name: str = "layer", *options: str
    ) -> subprocess.CompletedProcess[str]:
        """Write the layer; the archive is `NAME.tar.gz` in the folder above."""
        manifest = self.folder.parent / f"{name}.txt"
        manifest.write_text("".join(f"{line}\n" for line in self.lines))
        output = self.folder.parent / f"{name}.tar.gz"
        command = [sys.executable, "-s", "-S", PROGRAM, f"--output={output}"]
        return subprocess.run(
            [*command, "--compression=gzip", f"--manifest={manifest}", *options],
            capture_output=True,
            text=True,
            check=False,
            env={
                "PYTHONPATH": ".",
                "PYTHONHASHSEED": "random",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            timeout=30,
        )

    def members(self) -> dict[str, tarfile.TarInfo]:
        """Return the members of the layer that was written."""
        with tarfile.open(self.folder.parent / "layer.tar.gz") as tar:
            return {member.name: member for member in tar}

    def read(self, path: str) -> bytes:
        """Return a member's content."""
        with tarfile.open(self.folder.parent / "layer.tar.gz") as tar:
            found = tar.extractfile(path)
            assert found is not None
            return found.read()


def files(members: dict[str, tarfile.TarInfo]) -> Sequence[str]:
    return [name for name, member in members.items() if not member.isdir()]
