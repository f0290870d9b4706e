"""Measures images: an edit until it is pushed, what is sent then, and a service's start in its image."""

import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.bench.calls import asked, seconds
from tools.bench.figures import Figure
from tools.image.boot.rootfs import unpack
from tools.image.boot.sandbox import Machine
from tools.image.conformance import booting
from tools.image.oci.layout import Image
from tools.nested.checkout import Checkout
from tools.registry import between, serving
from tools.registry.between import Between
from tools.testing.ports import free_port

ROUNDS = 5
FLAG = "--//tools/image:registry"
# The service that is measured, and what tells it its port.
FOLDER = "tools/image/example"
PORT = "PORT"


@contextmanager
def counted_registry() -> Iterator[Between]:
    """Serve the embedded registry behind something that counts."""
    crane = shutil.which("crane")
    if crane is None:
        raise SystemExit("crane isn't on the PATH.\nFix: install crane.")
    with serving.running(crane) as address, between.counting(address) as counter:
        yield counter


def image_of(checkout: Checkout) -> Image:
    """Return the image as it was last built."""
    return Image(checkout.root / "bazel-bin" / FOLDER / "image")


def pushes(checkout: Checkout) -> list[Figure]:
    """Measure one-line edits of a service until they are pushed."""
    module = checkout.root / FOLDER / "__main__.py"
    taken, ratios = [], []
    with counted_registry() as counter:
        command = ("run", f"//{FOLDER}:push", f"{FLAG}={counter.address}")
        for number in range(ROUNDS + 1):
            with module.open("a") as file:
                file.write(f"EDITED = {random.random()}\n")  # noqa: S311 (no secret)
            before = counter.sent
            elapsed = seconds(lambda: asked(checkout, *command))
            # The first one makes and sends every layer.
            if number:
                last = image_of(checkout).layers[-1]["size"]
                taken.append(elapsed)
                ratios.append((counter.sent - before) / last)
    return [
        Figure("edit to pushed", "s", 1.8, tuple(taken)),
        Figure("bytes sent / last layer", "x", 3.0, tuple(ratios)),
    ]


def starts(checkout: Checkout) -> list[Figure]:
    """Measure a service from its start in its image to its first answer."""
    image = image_of(checkout)
    bwrap = shutil.which("bwrap") or "bwrap"
    taken = []
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        root, talk = Path(folder, "root"), Path(folder, "talk")
        unpack(image, root)
        for _ in range(ROUNDS):
            port = free_port()
            url = f"http://127.0.0.1:{port}/healthz"
            machine = Machine(bwrap, image, root)
            with booting.serving(machine, {PORT: str(port)}, url, talk) as booted:
                taken.append(booted.seconds)
    return [
        Figure("start of an image to its first answer", "s", 1.0, tuple(taken)),
        Figure("image", "MB", 60.0, (image.size / 1e6,)),
    ]


def images(checkout: Checkout) -> list[Figure]:
    """Measure the image of a small service."""
    return [*pushes(checkout), *starts(checkout)]
