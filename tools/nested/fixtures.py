"""The fixtures that nested cases ask for."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.nested.checkout import Checkout


def _outer_output_base(source: Path) -> Path:
    return Path(
        subprocess.run(
            ["./bazelw", "info", "output_base"],
            cwd=source,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    )


@pytest.fixture(scope="session")
def make_checkout() -> Iterator[Callable[[], Checkout]]:
    """Give a maker of copies, each with an output base of its own; all go at the end."""
    source = Path(os.environ["BUILD_WORKSPACE_DIRECTORY"])
    output_base = _outer_output_base(source)
    # Beside the output base, since its repositories are linked and not copied.
    folder = Path(tempfile.mkdtemp(prefix="nested-", dir=output_base.parent))
    made: list[Checkout] = []

    def make() -> Checkout:
        checkout = Checkout(folder / str(len(made)), source)
        made.append(checkout)
        checkout.create(output_base)
        return checkout

    try:
        yield make
    finally:
        for checkout in made:
            checkout.bazel("shutdown")
        # Bazel write-protects its output folders.
        subprocess.run(["chmod", "-R", "u+w", str(folder)], check=False)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def shared_checkout(make_checkout: Callable[[], Checkout]) -> Checkout:
    """Give the one copy that cases share by way of `checkout`."""
    return make_checkout()


@pytest.fixture
def checkout(shared_checkout: Checkout) -> Iterator[Checkout]:
    """Give a clean copy of the repository with a warm server."""
    yield shared_checkout
    shared_checkout.reset()
