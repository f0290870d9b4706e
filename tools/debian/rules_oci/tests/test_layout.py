"""JSON as jq prints it, and layout folders."""

from pathlib import Path

import layout
import pytest


def test_json_is_indented_by_two_and_has_no_end_line() -> None:
    got = layout.encode({"a": {"b": [1, "x"]}, "c": {}, "d": []})

    assert got == (
        b'{\n  "a": {\n    "b": [\n      1,\n      "x"\n    ]\n  },\n'
        b'  "c": {},\n  "d": []\n}'
    )


def test_only_control_characters_are_escaped() -> None:
    got = layout.encode({"a": "é<>&\u2028\x01\x1f\x7f\n"})

    want = '{\n  "a": "é<>&\u2028\\u0001\\u001f\\u007f\\n"\n}'
    assert got.decode() == want


def test_a_link_is_relative_and_replaces_what_was_there(tmp_path: Path) -> None:
    source = tmp_path / "bin" / "layer.tar"
    source.parent.mkdir()
    source.write_bytes(b"layer")
    image = tmp_path / "bin" / "image"

    layout.link_blob(image, "sha256:abc", tmp_path / "elsewhere")
    layout.link_blob(image, "sha256:abc", source)

    link = image / "blobs" / "sha256" / "abc"
    assert link.readlink() == Path("../../../layer.tar")
    assert link.read_bytes() == b"layer"


def test_a_file_that_is_not_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_text("{", encoding="utf-8")

    with pytest.raises(layout.LayoutError, match=r"index\.json isn't readable as JSON"):
        layout.read_document(path)


def test_a_document_that_is_a_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_text("[]", encoding="utf-8")

    with pytest.raises(layout.LayoutError, match="holds a list, not an object"):
        layout.read_document(path)


def test_a_layout_with_two_manifests_is_refused(tmp_path: Path) -> None:
    index = tmp_path / "index.json"
    index.write_bytes(layout.encode({"manifests": [{}, {}]}))

    with pytest.raises(layout.LayoutError, match="names 2 manifests; 1 is wanted"):
        layout.only_descriptor(tmp_path)
