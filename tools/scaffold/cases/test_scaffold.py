"""Each kind of project, made and green at once, with no edit."""

from tools.nested.checkout import CHECKS_OF_THE_TREE, Checkout

MADE = {
    "libs/price": ("library", "price"),
    "services/cart": ("service", "cart"),
    "services/mailer": ("service", "mailer", "--kind=worker"),
    "services/export": ("service", "export", "--kind=job"),
    "tools/greet": ("tool", "greet"),
}


def test_every_kind_is_green_as_it_is_made(checkout: Checkout) -> None:
    for folder, arguments in MADE.items():
        made = checkout.bazel("run", "//:new", "--", *arguments)
        assert made.exit_code == 0, made.text
        assert f"wrote {folder}/" in made.stdout

    again = checkout.bazel("run", "//:fix", "--", *MADE)
    tests = [f"//{folder}/..." for folder in MADE]
    tested = checkout.bazel("test", *tests, *CHECKS_OF_THE_TREE)
    greeted = checkout.bazel("run", "//tools/greet", "--", "Ada")

    assert "0 BUILD files differ, 0 to decide." in again.stdout
    assert tested.exit_code == 0, tested.text
    assert "Hello, Ada!" in greeted.stdout
    assert (checkout.root / "bazel-bin/services/cart/image/index.json").is_file()
