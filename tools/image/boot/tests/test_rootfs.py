"""Tests of unpacking images."""

import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.image.boot.rootfs import UnpackError, find_program, resolve, unpack
from tools.image.oci.layout import Image

type Entry = tuple[str, str | None]


def layer(entries: Sequence[Entry]) -> bytes:
    """Return an archive: a name with its content, `None` for a folder, `->TARGET` for a link."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as tar:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.mode = tarfile.DIRTYPE, 0o755
            elif content.startswith("->"):
                info.type, info.linkname = tarfile.SYMTYPE, content[2:]
            else:
                info.size = len(content)
            tar.addfile(info, io.BytesIO((content or "").encode()))
    return output.getvalue()


def image(folder: Path, *layers: Sequence[Entry]) -> Image:
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def store(content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        (blobs / digest).write_bytes(content)
        return f"sha256:{digest}"

    digests = [store(layer(entries)) for entries in layers]
    manifest = {"layers": [{"digest": it} for it in digests]}
    digest = store(json.dumps(manifest).encode())
    (folder / "index.json").write_text(json.dumps({"manifests": [{"digest": digest}]}))
    return Image(folder)


def test_upper_layers_replace_lower_ones(tmp_path: Path) -> None:
    made = image(tmp_path / "image", [("etc", None), ("etc/a", "1")], [("etc/a", "2")])

    unpack(made, tmp_path / "root")

    assert (tmp_path / "root/etc/a").read_text() == "2"


def test_a_whiteout_takes_a_file_away(tmp_path: Path) -> None:
    made = image(
        tmp_path / "image", [("etc/a", "1"), ("etc/b", "1")], [("etc/.wh.a", "")]
    )

    unpack(made, tmp_path / "root")

    assert [it.name for it in (tmp_path / "root/etc").iterdir()] == ["b"]


def test_an_opaque_whiteout_empties_a_folder(tmp_path: Path) -> None:
    made = image(
        tmp_path / "image", [("etc/a", "1"), ("etc/b", "1")], [("etc/.wh..wh..opq", "")]
    )

    unpack(made, tmp_path / "root")

    assert list((tmp_path / "root/etc").iterdir()) == []


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([("../outside", "x")], id="a-path-upwards"),
        pytest.param(
            [("out", "->/tmp"), ("out/outside", "x")], id="a-path-through-a-link"
        ),
    ],
)
def test_nothing_is_written_outside_the_folder(
    tmp_path: Path, entries: Sequence[Entry]
) -> None:
    made = image(tmp_path / "image", entries)

    with pytest.raises(UnpackError, match="outside"):
        unpack(made, tmp_path / "root")


def test_links_inside_the_image_are_followed(tmp_path: Path) -> None:
    made = image(
        tmp_path / "image", [("usr/lib", None), ("lib", "->usr/lib")], [("lib/x", "1")]
    )

    unpack(made, tmp_path / "root")

    assert (tmp_path / "root/usr/lib/x").read_text() == "1"


def test_what_an_image_has_is_found_through_its_links(tmp_path: Path) -> None:
    (tmp_path / "usr/lib/x").mkdir(parents=True)
    (tmp_path / "usr/lib/x/real.so.1.2").touch()
    (tmp_path / "usr/lib/x/real.so").symlink_to("real.so.1.2")
    (tmp_path / "lib").symlink_to("/usr/lib")

    got = resolve(tmp_path, "/opt/../lib/x/real.so")

    assert got is None
    assert (
        resolve(tmp_path, "/lib/x/../x/real.so") == tmp_path / "usr/lib/x/real.so.1.2"
    )


@pytest.mark.parametrize(
    ("word", "want"),
    [
        ("tool", "usr/bin/tool"),
        ("/usr/bin/tool", "usr/bin/tool"),
        ("./own", "app/own"),
        ("../usr/bin/tool", "usr/bin/tool"),
        ("notes", None),
        ("bin", None),
        ("none", None),
        ("", None),
    ],
)
def test_a_program_is_found_as_a_runtime_finds_it(
    tmp_path: Path, word: str, want: str | None
) -> None:
    for name, mode in (
        ("usr/bin/tool", 0o755),
        ("app/own", 0o755),
        ("opt/notes", 0o644),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        path.chmod(mode)

    got = find_program(tmp_path, word, "/opt::/usr:/usr/bin", "/app")

    assert got == (want and tmp_path / want)
