"""Tests of the table of distributions that have a layer of their own."""

import json
from pathlib import Path

import pytest

from tools.image.layer_table import check, update
from tools.image.layer_table.update import Weight
from tools.workspace.folder import WorkspaceError


def index(size: int, **distributions: int) -> dict[str, object]:
    known = [{"name": name, "size": bytes_} for name, bytes_ in distributions.items()]
    return {"size": size, "distributions": known}


def weight(**sizes: int) -> Weight:
    return Weight(sizes, sizes)


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


def test_small_ones_are_weighed_as_their_own_layer_compresses(tmp_path: Path) -> None:
    # The large one compresses to 3 of 10 bytes, the small ones to 4 of 10: 13.3 MB, not 12.
    small = index(
        13_300_000, **{f"d{number:02}": 950_000 - number for number in range(35)}
    )
    indexes = [index(18_000_000, numpy=60_000_000), small]
    path = tmp_path / "index.json"
    path.write_text(json.dumps(small))

    refused = validate(tmp_path, "--small", str(path))
    got = Weight.of(indexes).large()

    assert refused == 1
    assert got == ["d00", "d01", "d02", "d03", "numpy"]


def test_a_pasted_row_stays_until_its_layer_is_small_without_it() -> None:
    kept = [index(11_800_000, rest=900_000), index(400_000, pasted=1_000_000)]
    dropped = [index(11_000_000, rest=900_000), index(400_000, pasted=1_000_000)]

    got = [Weight.of(indexes).large() for indexes in (kept, dropped)]

    assert got == [["pasted"], []]


def test_of_equal_ones_the_program_and_the_validation_choose_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = index(12_100_000, **dict.fromkeys(["b", "a", "c"], 900_000))
    path = tmp_path / "index.json"
    path.write_text(json.dumps(small))

    validate(tmp_path, "--small", str(path))

    (chosen,) = Weight.of([small]).large()
    assert f'    "{chosen}": "//a:image",' in capsys.readouterr().err


def test_the_table_is_weighed_again_by_the_layers_that_it_makes(
    tmp_path: Path,
) -> None:
    path = tmp_path / "layers.bzl"
    path.write_text("LARGE_DISTRIBUTIONS = {}\n")
    weights = [{"//a:image": weight(**{name: 9_000_000})} for name in ("x", "y", "y")]
    measures = iter(weights)

    changed = update.write(path, lambda: next(measures))

    assert changed
    assert '    "y": "//a:image",' in path.read_text()
    assert next(measures, None) is None


def test_each_row_names_an_image_that_uses_it() -> None:
    weights = {
        "//b:image": weight(numpy=9_000_000),
        "//a:image": weight(numpy=9_000_000, torch=9_000_000),
        "//c:image": weight(small=1),
    }

    assert update.table(weights) == {"numpy": "//a:image", "torch": "//a:image"}


@pytest.mark.parametrize("before", ["{}", '{\n    "old": "//x:image",\n}'])
@pytest.mark.parametrize(
    ("rows", "after"),
    [({}, "{}"), ({"numpy": "//a:image"}, '{\n    "numpy": "//a:image",\n}')],
)
def test_the_rest_of_the_file_stays(
    before: str, rows: dict[str, str], after: str
) -> None:
    text = '"""Doc."""\n\nLARGE_DISTRIBUTIONS = {}\n\nTESTS_KEPT = []\n'

    got = update.rewritten(text.replace("{}", before, 1), rows)

    assert got == text.replace("{}", after, 1)


def test_a_file_without_a_table_is_left_alone() -> None:
    with pytest.raises(WorkspaceError, match="has no LARGE_DISTRIBUTIONS"):
        update.rewritten("X = 1\n", {})


def test_a_large_distribution_without_a_row_fails_with_the_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "index.json"
    path.write_text(json.dumps(index(100, Torch=6_000_000, tiny=1)))

    code = validate(tmp_path, "--small", str(path))

    assert code == 1
    assert capsys.readouterr().err == (
        "//a:image: Torch has 6.0 MB and no layer of its own.\n"
        "Fix: bazel run //tools/image:update_layer_table, "
        "which writes image_layers.bzl; or add to it:\n"
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
        "image_layers.bzl gives numpy a layer for //a:image, which doesn't use it.\n"
        "Fix: bazel run //tools/image:update_layer_table, "
        "which writes image_layers.bzl; or remove from it:\n"
        '    "numpy": "//a:image",\n'
    )


def test_a_good_image_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_text(json.dumps(index(100, tiny=1)))

    code = validate(tmp_path, "--small", str(path))

    assert (code, (tmp_path / "valid").exists()) == (0, True)
