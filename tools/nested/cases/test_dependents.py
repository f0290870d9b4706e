"""A library and its users change together: an edit runs the tests of exactly those who depend on it."""

from tools.nested.checkout import Checkout

PROJECTS = "(//libs/... + //services/...)"
TEST = (
    "test",
    "--config=nochecks",
    "--test_size_filters=small",
    "//libs/...",
    "//services/...",
)


def small_tests(checkout: Checkout, targets: str) -> set[str]:
    """Return the small tests among targets that a query names."""
    # Debian packages a zlib without targets, which something of Bazel's own names.
    query = f'attr("size", "small", tests({targets}))'
    return set(checkout.bazel("query", "--keep_going", query).stdout.split())


def test_edit_of_a_library_tests_exactly_its_dependents(checkout: Checkout) -> None:
    everything = small_tests(checkout, PROJECTS)
    dependents = small_tests(checkout, f"rdeps({PROJECTS}, //libs/contracts:digits.py)")
    first = checkout.bazel(*TEST)
    path = checkout.root / "libs/contracts/digits.py"

    path.write_text(path.read_text() + "\nREVISION = 2\n")
    second = checkout.bazel(*TEST)

    assert first.exit_code == second.exit_code == 0, first.text + second.text
    assert {label for label in everything if second.verdict(label) == "PASSED"} == (
        dependents
    )
    assert any(label.startswith("//services/") for label in dependents)
    assert dependents < everything
