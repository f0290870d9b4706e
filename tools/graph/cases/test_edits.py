"""After each of many seeded edits, no test that Bazel would run anew is missing from what is listed as affected.

`bazel run //tools/nested -- -k seeded_edits --edits 300 --seed 7` makes more of them, or others.
"""

import random

import pytest

from tools.graph.cases.made_tree import EDITS, FOLDER, PACKAGES, write_tree
from tools.nested.checkout import Checkout

TEST = ("test", "--config=nochecks", "--keep_going", f"//{FOLDER}/...")
# Listed to what is true, over all edits that Bazel can read.
MOST = 1.2


def stale_tests(checkout: Checkout) -> set[str]:
    """Return the tests whose result Bazel doesn't have, or that it refuses."""
    query = checkout.bazel("query", "--keep_going", f"tests(//{FOLDER}/...)")
    found = checkout.bazel(*TEST, "--check_tests_up_to_date").verdicts
    current = {label for label, word in found.items() if word == "(cached)"}
    return set(query.stdout.split()) - current


def test_seeded_edits(checkout: Checkout, request: pytest.FixtureRequest) -> None:
    chance = random.Random(request.config.getoption("--seed"))
    # A result that is asked for and found stale is forgotten: the next run takes it from there.
    checkout.own_server(f"build --disk_cache={checkout.output_base}.cache")
    write_tree(checkout.root, chance)
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=made")
    made = checkout.bazel(*TEST)
    assert len(made.verdicts) == 2 * PACKAGES, made.text
    assert stale_tests(checkout) == set()
    kinds = list(EDITS)
    count = request.config.getoption("--edits")
    listed_in_all = true_in_all = 0

    for number in range(count):
        kind = kinds[number % len(kinds)]
        package = checkout.root / FOLDER / f"p{chance.randrange(PACKAGES)}"
        EDITS[kind](package, chance)
        stale = stale_tests(checkout)
        got = checkout.bazel("run", "//tools/affected", "--", "--only", "tests")
        listed = {it for it in got.stdout.split() if it.startswith(f"//{FOLDER}/")}
        edit = f"edit {number}, {kind} of {package.name}"
        checkout.git("reset", "--quiet", "--hard")
        checkout.git("clean", "--quiet", "-d", "--force", "libs")
        if stale:
            checkout.bazel(*TEST)
        if got.exit_code == 2:
            assert "Bazel" in got.stderr or "BUILD" in got.stderr, got.text
            continue
        assert got.exit_code == 0, got.text
        assert stale <= listed, edit
        print(f"{edit}: {len(listed)} listed, {len(stale)} to be run")
        listed_in_all += len(listed)
        true_in_all += len(stale)

    assert true_in_all > count / 2
    assert listed_in_all <= MOST * true_in_all
