"""Builds images in a scratch copy of the repository."""

from tools.image.oci.layout import Image, archive, path_of
from tools.nested.cases.projects import SERVICES, add_projects, image
from tools.nested.checkout import Checkout

SHOP = image("shop")
MAIL = image("mail")

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


def layer_of(image: Image, path: str) -> str:
    """Return the digest of the one layer that holds a file, such as `app/case/rates/rates.py`."""
    found = []
    for layer in image.layers:
        with archive(image.layer_file(layer)) as tar:
            if path in map(path_of, tar):
                found.append(str(layer["digest"]))
    assert len(found) == 1, f"{path} is in {len(found)} layers of {image.folder}"
    return found[0]


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


def add_copies(checkout: Checkout, count: int) -> list[str]:
    """Add services, each of which differs from the others in its own code; return their images."""
    names = [f"copy_{number}" for number in range(count)]
    add_projects(checkout, [*SERVICES, *names])
    return [image(name) for name in names]
