"""Tests of the table of distributions that have a layer of their own."""

import json
from pathlib import Path

import pytest

from tools.image import table
from tools.image.layer import table as check
from tools.image.table import Weight
from tools.image.workspace import WorkspaceError


def index(size: int, **distributions: int) -> dict[str, object]:
    known = [{"name": name, "size": bytes_} for name, bytes_ in distributions.items()]
    return {"size": size, "distributions": known}


def validate(tmp_path: Path, *options: str) -> int:
    output = str(tmp_path / "valid")
    return check.main(["--image", "//a:image", "--output", output, *options])


def test_a_large_distribution_has_a_layer_of_its_own() -> None:
    got = Weight.of(
        [index(9, python=0), index(10, Num_Py=6_000_000), index(9, tiny=10)]
    )

    assert got.large() == ["num_py"]


def test_many_small_ones_give_their_largest_a_layer() -> None:
    sizes = {f"d{number:02}": 1_000_000 - number for number in range(14)}

    got = Weight.of([index(14_000_000, **sizes)])

    # Thirteen of them would still be above what is wanted.
    assert got.large() == ["d00", "d01"]


def test_each_row_names_an_image_that_uses_it() -> None:
    weights = {
        "//b:image": Weight({"numpy": 9_000_000}, 0.3),
        "//a:image": Weight({"numpy": 9_000_000, "torch": 9_000_000}, 0.3),
        "//c:image": Weight({"small": 1}, 0.3),
    }

    assert table.table(weights) == {"numpy": "//a:image", "torch": "//a:image"}


@pytest.mark.parametrize("before", ["{}", '{\n    "old": "//x:image",\n}'])
@pytest.mark.parametrize(
    ("rows", "after"),
    [({}, "{}"), ({"numpy": "//a:image"}, '{\n    "numpy": "//a:image",\n}')],
)
def test_the_rest_of_the_file_stays(
    before: str, rows: dict[str, str], after: str
) -> None:
    text = '"""Doc."""\n\nLARGE_DISTRIBUTIONS = {}\n\nTESTS_KEPT = []\n'

    got = table.rewritten(text.replace("{}", before, 1), rows)

    assert got == text.replace("{}", after, 1)


def test_a_file_without_a_table_is_left_alone() -> None:
    with pytest.raises(WorkspaceError, match="has no LARGE_DISTRIBUTIONS"):
        table.rewritten("X = 1\n", {})


def test_a_large_distribution_without_a_row_fails_with_the_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "index.json"
    path.write_text(json.dumps(index(100, Torch=6_000_000, tiny=1)))

    code = validate(tmp_path, "--small", str(path))

    assert code == 1
    assert capsys.readouterr().err == (
        "//a:image: Torch has 6.0 MB and no layer of its own.\n"
        "Fix: bazel run //tools/image:layers, which writes tools/image/layers.bzl; or add to it:\n"
        '    "torch": "//a:image",\n'
    )


def test_small_ones_that_outgrow_their_layer_fail_with_a_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "index.json"
    path.write_text(json.dumps(index(12_500_000, one=900_000, two=900_001)))

    code = validate(tmp_path, "--small", str(path))

    assert code == 1
    got = capsys.readouterr().err.splitlines()
    assert got[0] == (
        "//a:image: the layer of small distributions has 12.5 MB compressed; at most 12 are wanted."
    )
    assert got[-1] == '    "two": "//a:image",'


def test_a_row_that_nobody_needs_fails_with_the_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = validate(tmp_path, "--unused", "numpy")

    assert code == 1
    assert capsys.readouterr().err == (
        "tools/image/layers.bzl gives numpy a layer for //a:image, which doesn't use it.\n"
        "Fix: bazel run //tools/image:layers, which writes tools/image/layers.bzl; or remove from it:\n"
        '    "numpy": "//a:image",\n'
    )


def test_a_good_image_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_text(json.dumps(index(100, tiny=1)))

    code = validate(tmp_path, "--small", str(path))

    assert (code, (tmp_path / "valid").exists()) == (0, True)
