"""Makes the base image of the Debian line from the packages of a root.

Invoked by a repository rule as: /usr/bin/python3 -EsSB make_base.py FOLDER ROOT
Writes the OCI layout FOLDER/layout: one layer with what distroless images have, so that images made
over it look the same on both supply lines, and scanners read them alike. The bytes are a function of
the root's packages.
"""

import gzip
import hashlib
import io
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import layout
from root_packages import Package, Root

_USERS = """\
root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
"""
_GROUPS = """\
root:x:0:
nobody:x:65534:
tty:x:5:
staff:x:50:
nonroot:x:65532:
"""
_NSSWITCH = "hosts: files dns\n"
_BUNDLE = "etc/ssl/certs/ca-certificates.crt"
_NONROOT = 65532
_LAYER = "application/vnd.oci.image.layer.v1.tar"

# What images are named by, as distroless does it.
_PLATFORMS = {
    "amd64": {"architecture": "amd64", "os": "linux"},
    "arm64": {"architecture": "arm64", "os": "linux", "variant": "v8"},
}
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# name: mode, owner. Every other folder is root's and 755.
_FOLDERS = {
    "home": (0o755, 0),
    "home/nonroot": (0o700, _NONROOT),
    "root": (0o700, 0),
    "tmp": (0o1777, 0),
    "var/tmp": (0o1777, 0),
    "proc": (0o755, 0),
    "sys": (0o755, 0),
    "dev": (0o755, 0),
    "run": (0o755, 0),
}
_LINKS = {
    "bin": "usr/bin",
    "lib": "usr/lib",
    "lib64": "usr/lib64",
    "sbin": "usr/sbin",
    "etc/os-release": "../usr/lib/os-release",
    "usr/lib/ssl/cert.pem": f"/{_BUNDLE}",
    "usr/lib/ssl/certs": "/etc/ssl/certs",
}


@dataclass
class Layer:
    """The members of the layer: by path, an entry and its content."""

    members: dict[str, tuple[tarfile.TarInfo, bytes]] = field(default_factory=dict)

    def folder(self, path: str, mode: int = 0o755, owner: int = 0) -> None:
        """Add a folder, unless it is there."""
        if path and path not in self.members:
            self.folder(path.rpartition("/")[0])
            info = tarfile.TarInfo(path)
            info.type, info.mode, info.uid, info.gid = (
                tarfile.DIRTYPE,
                mode,
                owner,
                owner,
            )
            self.members[path] = (info, b"")

    def file(self, path: str, content: bytes) -> None:
        """Add a file, executable where it is a shared library."""
        self.folder(path.rpartition("/")[0])
        info = tarfile.TarInfo(path)
        info.mode = 0o755 if content.startswith(b"\x7fELF") else 0o644
        info.size = len(content)
        self.members[path] = (info, content)

    def link(self, path: str, target: str) -> None:
        """Add a symbolic link."""
        self.folder(path.rpartition("/")[0])
        info = tarfile.TarInfo(path)
        info.type, info.mode, info.linkname = tarfile.SYMTYPE, 0o777, target
        self.members[path] = (info, b"")

    def archive(self) -> bytes:
        """Return the tar archive."""
        output = io.BytesIO()
        with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for _, (info, content) in sorted(self.members.items()):
                tar.addfile(info, io.BytesIO(content))
        return output.getvalue()


def certificates(root: Root) -> bytes:
    """Return the bundle of the package's own certificates: the machine's may hold private ones."""
    folder = root.path / "usr/share/ca-certificates"
    return b"".join(
        path.read_bytes().rstrip() + b"\n" for path in sorted(folder.rglob("*.crt"))
    )


def add_package(layer: Layer, root: Root, package: Package) -> None:
    """Add a package's files, and the entry by which scanners know it."""
    sums = []
    for path in root.files(package):
        source = root.path / path[1:]
        if source.is_symlink() and not path.startswith("/usr/share/doc/"):
            layer.link(path[1:], str(source.readlink()))
            continue
        content = source.read_bytes()
        layer.file(path[1:], content)
        # dpkg's own form of this file; nothing relies on it for security.
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        sums.append(f"{digest}  {path[1:]}\n")
    folder = "var/lib/dpkg/status.d"
    layer.file(f"{folder}/{package.name}", f"{package.paragraph}\n".encode())
    layer.file(f"{folder}/{package.name}.md5sums", "".join(sums).encode())


def base_layer(root: Root) -> bytes:
    """Return the layer as a tar archive."""
    layer = Layer()
    for path, (mode, owner) in _FOLDERS.items():
        layer.folder(path, mode, owner)
    for path in ("usr/bin", "usr/sbin", "usr/lib", "usr/lib64"):
        layer.folder(path)
    for path, target in _LINKS.items():
        layer.link(path, target)
    texts = {"etc/passwd": _USERS, "etc/group": _GROUPS, "etc/nsswitch.conf": _NSSWITCH}
    for path, text in texts.items():
        layer.file(path, text.encode())
    layer.file(_BUNDLE, certificates(root))
    for package in root.needed():
        add_package(layer, root, package)
    return layer.archive()


def write_layout(folder: Path, tar: bytes, platform: dict[str, str]) -> None:
    """Write the image's layout."""
    blob = gzip.compress(tar, 6, mtime=0)
    config: layout.Document = {
        "created": "1970-01-01T00:00:00Z",
        "config": {
            "Env": [f"PATH={_PATH}", f"SSL_CERT_FILE=/{_BUNDLE}"],
            "User": "0",
            "WorkingDir": "/",
        },
        "history": [
            {
                "created": "1970-01-01T00:00:00Z",
                "created_by": "packages of the Debian root",
            }
        ],
        "rootfs": {"type": "layers", "diff_ids": [layout.digest_of(tar)]},
        **platform,
    }
    config_blob = layout.encode(config)
    manifest: layout.Document = {
        "schemaVersion": 2,
        "mediaType": layout.IMAGE_MANIFEST,
        "config": layout.descriptor_of(layout.IMAGE_CONFIG, config_blob),
        "layers": [layout.descriptor_of(f"{_LAYER}+gzip", blob)],
    }
    manifest_blob = layout.encode(manifest)
    for content in (blob, config_blob, manifest_blob):
        layout.write_blob(folder, content)
    index: layout.Document = {
        "schemaVersion": 2,
        "manifests": [layout.descriptor_of(layout.IMAGE_MANIFEST, manifest_blob)],
    }
    (folder / "index.json").write_bytes(layout.encode(index))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def main(argv: Sequence[str] | None = None) -> int:
    """Make the base image."""
    folder, path = sys.argv[1:] if argv is None else argv
    root = Root(Path(path))
    platform = _PLATFORMS[root.packages["libc6"].fields["Architecture"]]
    write_layout(Path(folder, "layout"), base_layer(root), platform)
    return 0


if __name__ == "__main__":
    sys.exit(main())
