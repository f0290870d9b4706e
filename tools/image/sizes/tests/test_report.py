"""Tests of reporting sizes."""

import json

from tools.image.sizes.layers import Built, Layer, Variant
from tools.image.sizes.report import Sizes, format_document, format_text

BASE = Layer("sha256:base", 1000, "/", {})
NUMPY = Layer("sha256:numpy", 500, "/opt/venv", {"numpy 2.0": 490})
PURE = Layer("sha256:pure", 20, "/opt/venv", {"numpy 2.0": 10})
SMALL = Layer("sha256:small", 90, "/opt/venv", {"idna 3": 60, "h11 1.0": 30})
OTHER = Layer("sha256:other", 50, "/opt/venv", {"h11 1.0": 40})
ARM = Layer("sha256:arm", 400, "/opt/venv", {"numpy 2.0": 390})

SIZES = Sizes.of(
    [
        Built(
            "//a:image",
            (
                Variant("linux/amd64", (BASE, PURE, NUMPY, SMALL)),
                Variant("linux/arm64", (BASE, PURE, ARM, SMALL)),
            ),
        ),
        Built("//b:image", (Variant("linux/amd64", (BASE, OTHER)),)),
    ]
)


def test_text_shows_what_is_shared_and_what_a_platform_adds() -> None:
    assert format_text(SIZES) == """\
        bytes images  layer

//a:image, linux/amd64: 1,610 bytes, 1,000 of them in other images too
        1,000      2  /
           20      1  numpy 2.0
          500      1  numpy 2.0
           90      1  idna 3 and 1 more

//a:image, linux/arm64: 1,510 bytes, of which it adds 400 (25% of linux/amd64)
          400      1  numpy 2.0

//b:image, linux/amd64: 1,050 bytes, 1,000 of them in other images too
        1,000      2  /
           50      1  h11 1.0

        bytes images  distribution

          500      1  numpy 2.0
           60      1  idna 3
           40      2  h11 1.0

2 images: 4,170 bytes, and 2,060 in a registry
"""


def test_json_says_the_same() -> None:
    found = json.loads(format_document(SIZES))

    assert (found["version"], found["size"], found["stored"]) == (1, 4170, 2060)
    assert found["images"][0]["platforms"][1] == {
        "platform": "linux/arm64",
        "size": 1510,
        "shared": 1000,
        "added": 400,
        "layers": ["sha256:base", "sha256:pure", "sha256:arm", "sha256:small"],
    }
    assert found["layers"]["sha256:base"]["images"] == ["//a:image", "//b:image"]
    assert found["layers"]["sha256:other"]["distributions"] == {"h11 1.0": 40}
    assert found["distributions"][2] == {
        "distribution": "h11 1.0",
        "size": 40,
        "images": ["//a:image", "//b:image"],
    }
