"""Builds images in a scratch copy of the repository."""

from tools.image.layout import Image
from tools.nested.checkout import Checkout

SERVICE = "//services/fastapi_ml:image"
WORKER = "//services/common_ml:image"

# As a distribution's own repository has it on the public line.
_DISTRIBUTION = '''"""A distribution."""

load("@rules_python//python:py_library.bzl", "py_library")

py_library(
    name = "pkg",
    srcs = ["site-packages/shared.py"],
    data = ["site-packages/{name}-1.dist-info/METADATA"],
    imports = ["site-packages"],
    tags = ["pypi_name={name}", "pypi_version=1"],
    visibility = ["//case:__subpackages__"],
)
'''

_CONFLICT = '''"""An image of two distributions that differ over a file."""

load("@rules_python//python:py_binary.bzl", "py_binary")
load("//tools/image:defs.bzl", "py_image")

py_binary(
    name = "app",
    srcs = ["app.py"],
    deps = [
        "//case/one:pkg",
        "//case/two:pkg",
    ],
)

py_image(
    name = "image",
    binary = ":app",
)
'''


def built(checkout: Checkout, *labels: str, flags: tuple[str, ...] = ()) -> list[Image]:
    """Build images without their validations."""
    done = checkout.bazel("build", "--norun_validations", *flags, *labels)
    assert done.exit_code == 0, done.text
    folders = [
        checkout.root / "bazel-bin" / it.strip("/").replace(":", "/") for it in labels
    ]
    return [Image(folder) for folder in folders]


def digests(image: Image) -> list[str]:
    """Return the layers' digests, lowest first."""
    return [layer["digest"] for layer in Image(image.folder).layers]


def add_conflict(checkout: Checkout) -> str:
    """Add an image of two distributions that differ over a file; return its label."""
    for name in ("one", "two"):
        site = f"case/{name}/site-packages"
        metadata = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1\n"
        checkout.write(f"{site}/shared.py", f"NAME = {name!r}\n")
        checkout.write(f"{site}/{name}-1.dist-info/METADATA", metadata)
        text = _DISTRIBUTION.replace("{name}", name)
        checkout.write(f"case/{name}/BUILD.bazel", text)
    checkout.write("case/app.py", "")
    checkout.write("case/BUILD.bazel", _CONFLICT)
    return "//case:image"
