"""What an image says of a layer, found from the layer's content."""

import gzip
import json
from compression import zstd
from pathlib import Path

import describe
import pytest
from layout import digest_of

_CONTENT = b"hello" * 1000


def _described(path: Path, content: bytes) -> dict[str, object]:
    path.write_bytes(content)
    return describe.describe(path, "//a:b")


@pytest.mark.parametrize(
    ("name", "content", "compression"),
    [
        pytest.param("a.tar", _CONTENT, "", id="plain"),
        pytest.param("a.tar.gz", gzip.compress(_CONTENT), "gzip", id="gzip"),
        pytest.param("a.tar.zst", zstd.compress(_CONTENT), "zstd", id="zstd"),
        pytest.param("a.tar", gzip.compress(_CONTENT), "gzip", id="gzip-named-tar"),
        pytest.param("a.tar.gz", _CONTENT, "", id="plain-named-gz"),
        pytest.param(
            "a.tgz",
            gzip.compress(_CONTENT[:99]) + gzip.compress(_CONTENT[99:]),
            "gzip",
            id="two-gzip-members",
        ),
        pytest.param(
            "a.tzst",
            b"\x5f\x2a\x4d\x18\x04\0\0\0skip" + zstd.compress(_CONTENT),
            "zstd",
            id="zstd-behind-a-skippable-frame",
        ),
    ],
)
def test_content_decides_the_compression(
    tmp_path: Path, name: str, content: bytes, compression: str
) -> None:
    got = _described(tmp_path / name, content)

    assert got == {
        "digest": digest_of(content),
        "diffid": digest_of(_CONTENT),
        "compression": compression,
        "size": len(content),
        "history": {
            "created": "1970-01-01T00:00:00Z",
            "created_by": "bazel build //a:b",
        },
    }


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(gzip.compress(_CONTENT)[:-9], id="cut-gzip"),
        pytest.param(b"\x1f\x8b\x08\0\0\0\0\0\0\xffgarbage", id="broken-gzip"),
        pytest.param(zstd.compress(_CONTENT)[:-3], id="cut-zstd"),
    ],
)
def test_a_damaged_layer_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(content)

    code = describe.main([str(path), str(tmp_path / "out.json"), "//a:b"])

    assert code == 1
    assert f"//a:b: the layer {path} can't be read" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()


def test_the_description_is_written_as_json(tmp_path: Path) -> None:
    path, output = tmp_path / "a.tar", tmp_path / "out.json"
    path.write_bytes(_CONTENT)

    assert describe.main([str(path), str(output), "//a:b"]) == 0

    assert json.loads(output.read_bytes())["digest"] == digest_of(_CONTENT)
