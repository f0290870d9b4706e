"""A library and a service get other names, and go: green after each step, and nothing stays."""

from tools.nested.checkout import CHECKS_OF_THE_TREE, Checkout

USER = '''"""Shows a greeting."""

from libs.rates.rates import greeting

__all__ = ["greeting"]
'''


def test_projects_move_and_go_and_leave_nothing(checkout: Checkout) -> None:
    checkout.bazel("run", "//:new", "--", "library", "rates")
    checkout.bazel("run", "//:new", "--", "service", "export", "--kind=job")
    checkout.write("services/export/shown.py", USER)
    used = checkout.bazel("run", "//:fix")
    assert used.exit_code == 0, used.text

    renamed = checkout.bazel("run", "//:move", "--", "libs/rates", "libs/tariffs")
    again = checkout.bazel("run", "//:move", "--", "services/export", "services/dump")

    assert (renamed.exit_code, again.exit_code) == (0, 0), renamed.text + again.text
    shown = (checkout.root / "services/dump/shown.py").read_text()
    assert "from libs.tariffs.rates import greeting" in shown
    tests = ("//libs/tariffs/...", "//services/dump/...", *CHECKS_OF_THE_TREE)
    tested = checkout.bazel("test", *tests)
    assert tested.exit_code == 0, tested.text

    refused = checkout.bazel("run", "//:remove", "--", "libs/tariffs")

    assert refused.exit_code == 1
    assert "services/dump/shown.py:3: imports libs.tariffs.rates" in refused.stderr
    assert "services/dump/BUILD.bazel:" in refused.stderr

    for folder in ("services/dump", "libs/tariffs"):
        gone = checkout.bazel("run", "//:remove", "--", folder)
        assert gone.exit_code == 0, gone.text
    assert checkout.git("status", "--porcelain") == ""
