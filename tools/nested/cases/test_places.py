"""Where a checkout lies makes no difference."""

from collections.abc import Callable

from tools.nested.cases.projects import add_projects
from tools.nested.checkout import Checkout


def test_path_with_spaces_builds_and_tests(
    make_checkout: Callable[[], Checkout],
) -> None:
    checkout = make_checkout()
    checkout.root = checkout.root.rename(checkout.root.with_name("a work space"))
    add_projects(checkout)

    got = checkout.bazel("test", "//case/shop/tests/...")

    assert got.exit_code == 0, got.text
    assert got.verdict("//case/shop/tests:test_work") == "PASSED"
