"""Small trees that //:fix wires, and what Bazel makes of them."""

import re

from tools.fix.cases.trees import Trees
from tools.nested.checkout import CHECKS_OF_THE_TREE, Checkout, Result

SEEDS = (1, 5, 16)
FIX = ("run", "//:fix")
PLACE = re.compile(r"^((?:libs|services)/\S+?\.(?:py|pyi|bazel))\b", re.M)


def lay_out(checkout: Checkout) -> dict[int, tuple[Trees, dict[str, str]]]:
    """Write the trees of all seeds beside one another."""
    made = {}
    for seed in SEEDS:
        trees = Trees(seed)
        files = trees.make([f"{name}{seed}" for name in "abc"])
        for path, text in files.items():
            checkout.write(path, text)
        made[seed] = (trees, files)
    return made


def change(checkout: Checkout, made: dict[int, tuple[Trees, dict[str, str]]]) -> None:
    """Commit the trees, and rename, move and delete some of their sources."""
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=made")
    for seed, (trees, files) in made.items():
        for path, place in trees.change(files).items():
            target = place.replace("libs/new", f"libs/new{seed}")
            if place:
                text = (checkout.root / path).read_text(encoding="utf-8")
                checkout.write(target, text)
            (checkout.root / path).unlink()


def analysed(checkout: Checkout) -> list[str]:
    """Fix, and return what is left to decide; Bazel can read all, and nothing is left."""
    fixed = checkout.bazel(*FIX)
    again = checkout.bazel(*FIX)
    built = checkout.bazel("build", "--nobuild", "//...")

    assert fixed.exit_code in (0, 1), fixed.text
    assert "Traceback" not in fixed.text
    assert " 0 BUILD files differ" in again.stdout, again.text
    assert "fixed " not in again.stdout
    assert built.exit_code == 0, built.text
    return [line for line in fixed.stderr.splitlines() if PLACE.match(line)]


def unexplained(got: Result, decisions: list[str]) -> list[str]:
    """Return the findings about sources that no decision is about."""
    named = set(PLACE.findall("\n".join(decisions)))
    found = re.findall(r"^(\S+?\.pyi?):\d+:\d+: (.*)$", got.text, re.M)
    return [f"{path}: {text}" for path, text in found if path not in named]


def test_trees_are_wired_at_once_and_stay_so(checkout: Checkout) -> None:
    made = lay_out(checkout)

    decisions = analysed(checkout)
    tested = checkout.bazel("test", "--keep_going", "//libs/...", *CHECKS_OF_THE_TREE)

    assert unexplained(tested, decisions) == []
    change(checkout, made)
    analysed(checkout)
