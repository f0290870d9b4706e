"""Tests of measuring images, with Bazel played by a folder."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from tools.image.publish.plan import Part, Plan
from tools.image.publish.tests.hand_made import tar, write_image, write_index
from tools.image.sizes import __main__ as program
from tools.schemas.check import checked
from tools.workspace.bazel import Bazel

CODE, ARM = tar({"app/a.py": b"1"}), tar({"app/b.so": b"2"})


@dataclass
class Targets:
    """Has a plan and a layout for each name; what is `broken` doesn't build."""

    folder: Path
    names: tuple[str, ...]

    def find(self, _expression: str) -> tuple[list[str], bool]:
        return [f"//{name}:plan" for name in self.names], True

    def build(self, labels: Iterable[str]) -> dict[str, list[Path]]:
        good = [label for label in labels if label != "//broken:image"]
        return {label: [self.folder / label.strip("/")] for label in good}


@pytest.fixture
def targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Targets:
    """Return two images, and have the program build them."""
    write_image(tmp_path / "a:image", CODE)
    write_index(tmp_path / "b:image", amd64=[CODE], arm64=[CODE, ARM])
    for name in ("a", "b", "broken"):
        parts = (Part("sha256:x", f"//{name}:image"),)
        plan = Plan(f"//{name}:image", f"registry.example/{name}", (), parts)
        (tmp_path / f"{name}:plan").write_text(json.dumps(asdict(plan)))
    found = Targets(tmp_path, ("a", "b"))
    monkeypatch.setattr(program, "Targets", lambda _: found)
    monkeypatch.setattr(Bazel, "current", lambda: None)
    return found


def test_images_and_indexes_are_measured(
    targets: Targets, capsys: pytest.CaptureFixture[str]
) -> None:
    code = program.main(["--format", "json", "//a", "//b"])

    printed = capsys.readouterr()
    found = checked("sizes", printed.out)
    assert (code, printed.err) == (0, "")
    assert [image["image"] for image in found["images"]] == ["//a:image", "//b:image"]
    second = found["images"][1]["platforms"][1]
    assert (second["platform"], second["added"]) == ("linux/arm64", len(ARM))
    assert found["stored"] == len(CODE) + len(ARM)


def test_image_that_does_not_build_is_named_and_the_rest_printed(
    targets: Targets, capsys: pytest.CaptureFixture[str]
) -> None:
    targets.names = ("a", "broken")

    code = program.main([])

    printed = capsys.readouterr()
    assert (code, printed.err) == (1, "failed   //broken:image: it doesn't build\n")
    assert "//a:image, linux/amd64: " in printed.out


def test_no_image_is_said(targets: Targets, capsys: pytest.CaptureFixture[str]) -> None:
    targets.names = ()

    code = program.main(["//libs/..."])

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert printed.err.startswith(
        "//libs/...: found no image that could be built.\nFix: "
    )
