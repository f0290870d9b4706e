"""A clone without the samples is whole: all of it loads, and what could miss them is green."""

from tools.nested.checkout import CHECKS_OF_THE_TREE, Checkout


def test_a_clone_without_samples_is_green(checkout: Checkout) -> None:
    made = checkout.bazel(
        "run", "//tools/template:init", "--", "--name=acme", "--without-samples"
    )
    assert made.exit_code == 0, made.text
    # Tests name what they like: nothing else below tools/ speaks of what is gone.
    left = [line for line in made.stdout.splitlines() if line.startswith("  tools/")]
    assert [line for line in left if "/tests/" not in line] == []

    tested = checkout.bazel(
        "test",
        "//libs/...",
        "//services/...",
        "//tools/image/example/...",
        "//tools/imports/policy/...",
        "//tools/lock/...",
        *CHECKS_OF_THE_TREE,
    )
    analysed = checkout.bazel("build", "--nobuild", "//...")

    assert tested.exit_code == 0, tested.text
    assert analysed.exit_code == 0, analysed.text
