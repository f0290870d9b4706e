"""The base image that is made from a root's packages."""

import gzip
import io
import json
import os
import tarfile
from pathlib import Path

import layout
import make_base
import pytest
from root_packages import Root

LIBRARIES = "usr/lib/x86_64-linux-gnu"
CERTIFICATES = "usr/share/ca-certificates/mozilla"


class Debian:
    """A root with a few packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.status: list[str] = []
        (folder / "var/lib/dpkg/info").mkdir(parents=True)

    def install(self, name: str, files: dict[str, bytes], depends: str = "") -> None:
        """Install a package; a name with an architecture has it in its list's name."""
        plain, _, architecture = name.partition(":")
        paragraph = f"Package: {plain}\nStatus: install ok installed\n"
        paragraph += f"Architecture: {architecture or 'all'}\nVersion: 1\n"
        self.status.append(paragraph + (f"Depends: {depends}\n" if depends else ""))
        lines = ["/."]
        for path, content in files.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if content.startswith(b"->"):
                target.symlink_to(content[2:].decode())
            else:
                target.write_bytes(content)
            lines.append(f"/{path}")
        listing = self.folder / "var/lib/dpkg/info" / f"{name}.list"
        listing.write_text("".join(f"{line}\n" for line in lines))

    def root(self) -> Root:
        """Return the root."""
        text = "\n".join(self.status)
        (self.folder / "var/lib/dpkg/status").write_text(text)
        return Root(self.folder)


@pytest.fixture
def debian(tmp_path: Path) -> Debian:
    made = Debian(tmp_path / "root")
    elf = b"\x7fELF"
    made.install(
        "libc6:amd64",
        {
            f"{LIBRARIES}/libc.so.6": elf,
            f"{LIBRARIES}/gconv/UTF-16.so": elf,
            "usr/lib64/ld-linux-x86-64.so.2": b"->../lib/x86_64-linux-gnu/ld.so",
            "usr/share/doc/libc6/copyright": b"free\n",
            "usr/share/doc/libc6/changelog.gz": b"x",
        },
    )
    made.install("libgcc-s1:amd64", {f"{LIBRARIES}/libgcc_s.so.1": elf}, "libc6")
    made.install("libstdc++6:amd64", {f"{LIBRARIES}/libstdc++.so.6": elf}, "libc6")
    made.install("base-files:amd64", {"usr/lib/os-release": b"ID=debian\n"})
    made.install("tzdata", {"usr/share/zoneinfo/Europe/Paris": b"TZif"})
    made.install(
        "ca-certificates",
        {f"{CERTIFICATES}/b.crt": b"B\n", f"{CERTIFICATES}/a.crt": b"A"},
        "openssl (>= 1.1), debconf",
    )
    made.install("openssl:amd64", {"usr/bin/openssl": elf}, "libssl3")
    made.install("libssl3:amd64", {f"{LIBRARIES}/libssl.so.3": elf}, "libc6")
    made.install(
        "libpython3.14-stdlib:amd64",
        {"usr/lib/python3.14/os.py": b""},
        "libz1 | libz-ng, media-types, libc6 (>= 2.1)",
    )
    made.install(
        "libz1:amd64",
        {f"{LIBRARIES}/libz.so.1": b"->libz.so.1.3", f"{LIBRARIES}/libz.so.1.3": elf},
    )
    made.install("media-types", {"etc/mime.types": b""})
    return made


def members(content: bytes) -> dict[str, tarfile.TarInfo]:
    """Return the members of an archive by name."""
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return {member.name: member for member in tar}


def test_packages_with_a_library_that_is_needed_are_taken(debian: Debian) -> None:
    got = [package.name for package in debian.root().needed()]

    # libssl3 only through openssl, which is a program: whoever needs it says so.
    assert got == [
        *("base-files", "ca-certificates", "libc6", "libgcc-s1", "libstdc++6"),
        *("libz1", "tzdata"),
    ]


def test_only_files_that_run_time_needs_are_taken(debian: Debian) -> None:
    root = debian.root()

    got = root.files(root.packages["libc6"])

    assert got == [
        f"/{LIBRARIES}/libc.so.6",
        "/usr/lib64/ld-linux-x86-64.so.2",
        "/usr/share/doc/libc6/copyright",
    ]


def test_the_layer_has_what_services_and_scanners_look_for(debian: Debian) -> None:
    got = members(make_base.base_layer(debian.root()))

    assert got["tmp"].mode == 0o1777
    assert (got["home/nonroot"].uid, got["home/nonroot"].mode) == (65532, 0o700)
    assert got["lib64"].linkname == "usr/lib64"
    assert got["etc/os-release"].linkname == "../usr/lib/os-release"
    assert got[f"{LIBRARIES}/libz.so.1"].linkname == "libz.so.1.3"
    assert "var/lib/dpkg/status.d/libz1" in got
    assert "var/lib/dpkg/status.d/libz1.md5sums" in got
    assert "usr/bin/openssl" not in got


def test_certificates_are_the_package_s_own(debian: Debian) -> None:
    bundle = debian.folder / "etc/ssl/certs/ca-certificates.crt"
    bundle.parent.mkdir(parents=True)
    bundle.write_bytes(b"a private one of this machine\n")

    assert make_base.certificates(debian.root()) == b"A\nB\n"


def test_equal_packages_give_equal_bytes(debian: Debian) -> None:
    before = make_base.base_layer(debian.root())
    for path in debian.folder.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (1, 1))
            path.chmod(0o700)

    assert make_base.base_layer(Root(debian.folder)) == before


def test_the_layout_is_one_that_images_can_continue(tmp_path: Path) -> None:
    platform = {"architecture": "arm64", "os": "linux", "variant": "v8"}
    make_base.write_layout(tmp_path, b"archive", platform)

    index = json.loads((tmp_path / "index.json").read_bytes())
    digest = index["manifests"][0]["digest"]
    manifest = layout.read_document(layout.blob_path(tmp_path, digest))
    config = layout.read_document(
        layout.blob_path(tmp_path, manifest["config"]["digest"])
    )
    blob = layout.blob_path(tmp_path, manifest["layers"][0]["digest"])
    assert gzip.decompress(blob.read_bytes()) == b"archive"
    assert config["rootfs"]["diff_ids"] == [layout.digest_of(b"archive")]
    assert {key: config[key] for key in platform} == platform
