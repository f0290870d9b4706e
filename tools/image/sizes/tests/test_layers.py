"""Tests of reading what layers weigh, from layouts made by hand."""

import gzip
from pathlib import Path

from tools.image.publish.tests.hand_made import tar, write_image, write_index
from tools.image.sizes.layers import read_images

SITE = "opt/venv/lib/python3.14/site-packages"


def distribution(name: str, size: int) -> dict[str, bytes]:
    """Return the files of a distribution: a module, its bytecode, a program, its RECORD."""
    record = f"{name}.py,,\n{name}-1.0.dist-info/RECORD,,\n../../../bin/{name},,\n"
    return {
        f"{SITE}/{name}.py": b"x" * size,
        f"{SITE}/__pycache__/{name}.cpython-314.pyc": b"x" * size,
        f"{SITE}/{name}-1.0.dist-info/RECORD": record.encode(),
        f"opt/venv/bin/{name}": b"x" * size,
    }


def test_a_distribution_has_its_share_of_its_layer(tmp_path: Path) -> None:
    files = distribution("big", 30_000) | distribution("small", 10_000)
    layer = gzip.compress(tar(files))
    image = write_image(tmp_path / "image", layer)

    ((variant,),) = [
        built.variants for built in read_images([("//x:image", image.folder)])
    ]

    (found,) = variant.layers
    assert (found.size, found.folder) == (len(layer), "/opt/venv")
    big, small = (found.distributions[name] for name in ("big 1.0", "small 1.0"))
    # Each is there three times, besides its RECORD, and all is whose it is.
    assert abs(big + small - len(layer)) <= 1
    assert 2.9 < big / small < 3.1


def test_a_distribution_may_lie_in_several_layers(tmp_path: Path) -> None:
    files = distribution("big", 100)
    compiled = {f"{SITE}/big.so": files.pop(f"{SITE}/big.py")}
    files[f"{SITE}/big-1.0.dist-info/RECORD"] += b"big.so,,\n"
    image = write_image(tmp_path / "image", tar(compiled), tar(files))

    (built,) = read_images([("//x:image", image.folder)])

    layers = built.variants[0].layers
    assert [layer.name for layer in layers] == ["big 1.0", "big 1.0"]


def test_layers_know_where_they_lie(tmp_path: Path) -> None:
    code = tar({"app/libs/price/a.py": b"1", "app/libs/price/sub/b.py": b"2"})
    image = write_image(tmp_path / "image", tar({}), code)

    (built,) = read_images([("//x:image", image.folder)])

    layers = built.variants[0].layers
    assert [layer.folder for layer in layers] == ["/", "/app/libs/price"]
    assert [dict(layer.distributions) for layer in layers] == [{}, {}]


def test_an_index_is_an_image_for_each_platform(tmp_path: Path) -> None:
    same, x86, arm = tar({"a": b"1"}), tar({"b": b"2"}), tar({"c": b"3"})
    index = write_index(tmp_path / "index", amd64=[same, x86], arm64=[same, arm])

    (built,) = read_images([("//x:index", index.folder)])

    assert [it.platform for it in built.variants] == ["linux/amd64", "linux/arm64"]
    first, second = (variant.layers for variant in built.variants)
    assert first[0] is second[0]
    assert first[1].digest != second[1].digest
