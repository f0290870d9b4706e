"""A library and its users change together: an edit runs the tests of exactly those who depend on it."""

from tools.nested.cases.projects import add_projects
from tools.nested.checkout import Checkout

TEST = ("test", "--config=nochecks", "--test_size_filters=small", "//case/...")


def small_tests(checkout: Checkout, targets: str) -> set[str]:
    """Return the small tests among targets that a query names."""
    # Debian packages a zlib without targets, which something of Bazel's own names.
    query = f'attr("size", "small", tests({targets}))'
    return set(checkout.bazel("query", "--keep_going", query).stdout.split())


def test_edit_of_a_library_tests_exactly_its_dependents(checkout: Checkout) -> None:
    add_projects(checkout)
    everything = small_tests(checkout, "//case/...")
    dependents = small_tests(checkout, "rdeps(//case/..., //case/rates:rates.py)")
    first = checkout.bazel(*TEST)
    path = checkout.root / "case/rates/rates.py"

    path.write_text(path.read_text() + "\nREVISION = 2\n")
    second = checkout.bazel(*TEST)

    assert first.exit_code == second.exit_code == 0, first.text + second.text
    assert {label for label in everything if second.verdict(label) == "PASSED"} == (
        dependents
    )
    assert dependents == {"//case/mail/tests:test_work", "//case/shop/tests:test_work"}
    assert dependents < everything
