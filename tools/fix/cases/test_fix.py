"""Small trees that //:fix wires, and what Bazel makes of them."""

from tools.fix.cases.trees import Trees
from tools.nested.checkout import Checkout, Result

# Nothing is left to decide in these: every check and test is to pass.
GREEN = (6, 8)
# In these are cycles, a list comprehension, sources that git ignores, and services.
OTHERS = (5, 7, 9)
CHECKS = (
    "//tools/checks/starlark:buildifier_test",
    "//tools/imports/policy:scopes_test",
)


def fix(checkout: Checkout) -> Result:
    """Fix, and return what that said; Bazel reads all of it, and nothing is left to fix."""
    fixed = checkout.bazel("run", "//:fix")
    again = checkout.bazel("run", "//:fix")
    read = checkout.bazel("build", "--nobuild", "//...")

    assert fixed.exit_code in (0, 1), fixed.text
    assert " 0 BUILD files differ" in again.stdout, again.text
    assert "fixed " not in again.stdout
    assert read.exit_code == 0, read.text
    return fixed


def test_trees_are_wired_at_once_and_stay_so(checkout: Checkout) -> None:
    names = {seed: [f"{name}{seed}" for name in "abc"] for seed in GREEN + OTHERS}
    trees = {seed: Trees(seed) for seed in names}
    files = {seed: trees[seed].make(names[seed]) for seed in names}
    for path, text in (pair for made in files.values() for pair in made.items()):
        checkout.write(path, text)
    green = [f"libs/{name}" for seed in GREEN for name in names[seed]]

    wired = fix(checkout)
    decided = checkout.bazel("run", "//:fix", "--", *green)
    tested = checkout.bazel("test", *(f"//{folder}/..." for folder in green), *CHECKS)

    assert wired.exit_code == 1
    assert decided.exit_code == 0, decided.text
    assert tested.exit_code == 0, tested.text
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=made")
    for seed, made in files.items():
        for path, place in trees[seed].change(made).items():
            old = checkout.root / path
            if place:
                target = place.replace("libs/new", f"libs/new{seed}")
                checkout.write(target, old.read_text(encoding="utf-8"))
            old.unlink()
    fix(checkout)
