"""The fixtures that nested cases ask for."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.nested.checkout import Checkout, scratch_checkouts


@pytest.fixture(scope="session")
def make_checkout() -> Iterator[Callable[[], Checkout]]:
    """Give a maker of copies, each with an output base of its own; all go at the end."""
    with scratch_checkouts(Path(os.environ["BUILD_WORKSPACE_DIRECTORY"])) as make:
        yield make


@pytest.fixture(scope="session")
def shared_checkout(make_checkout: Callable[[], Checkout]) -> Checkout:
    """Give the one copy that cases share by way of `checkout`."""
    return make_checkout()


@pytest.fixture
def checkout(shared_checkout: Checkout) -> Iterator[Checkout]:
    """Give a clean copy of the repository with a warm server."""
    yield shared_checkout
    shared_checkout.reset()
