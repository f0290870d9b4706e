"""Builds images in a scratch copy of the repository."""

from tools.image.oci.layout import Image, archive, path_of
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


def layer_of(image: Image, path: str) -> str:
    """Return the digest of the one layer that holds a file, such as `app/libs/ml/classifier.py`."""
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
    """Add services like fastapi_ml, each of which differs in its own code; return their images."""
    names = [f"copy_{number}" for number in range(count)]
    listed = checkout.git("ls-files", "services/fastapi_ml").split()
    for path in [it for it in listed if "/tests/" not in it]:
        text = (checkout.root / path).read_text()
        for name in names:
            own = f"\nOWN = {name!r}\n" if path.endswith(".py") else ""
            target = path.replace("fastapi_ml", name)
            checkout.write(target, text.replace("fastapi_ml", name) + own)
    user = '        "//services/fastapi_ml/...",\n'
    users = "".join(user.replace("fastapi_ml", name) for name in names)
    for library in ("contracts", "ml", "mq", "settings", "telemetry"):
        checkout.replace(f"libs/{library}/BUILD.bazel", user, user + users)
    return [f"//services/{name}:image" for name in names]
