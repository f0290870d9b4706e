"""The fixtures that nested cases ask for."""

from collections.abc import Callable, Iterator

import pytest

from tools.nested.checkout import Checkout, scratch_checkouts
from tools.workspace.folder import workspace_folder


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take how many edits are made, and of which seed."""
    parser.addoption("--edits", type=int, default=33, help="how many seeded edits")
    parser.addoption("--seed", type=int, default=0, help="what makes them others")


@pytest.fixture(scope="session")
def make_checkout() -> Iterator[Callable[[], Checkout]]:
    """Give a maker of copies, each with an output base of its own; all go at the end."""
    with scratch_checkouts(workspace_folder()) as make:
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
