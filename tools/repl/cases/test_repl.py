"""The prompt can import what a target can, and nothing else."""

from tools.nested.checkout import Checkout

TYPED = """import libs.settings.settings, pydantic
print(libs.settings.settings.__name__, pydantic.__name__)
import numpy
import libs.mq
"""


def test_prompt_has_what_its_target_has(checkout: Checkout) -> None:
    got = checkout.bazel("run", "//tools/repl", "--", "//libs/settings", stdin=TYPED)

    assert got.exit_code == 0, got.text
    assert "libs.settings.settings pydantic" in got.stdout
    assert "No module named 'numpy'" in got.text
    assert "No module named 'libs.mq'" in got.text
