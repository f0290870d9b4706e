"""The prompt can import what a target can, and nothing else."""

from tools.nested.cases.projects import add_projects
from tools.nested.checkout import Checkout

TYPED = """import case.words.words, packaging
print(case.words.words.WORD, packaging.__name__)
import numpy
import case.rates
"""


def test_prompt_has_what_its_target_has(checkout: Checkout) -> None:
    add_projects(checkout)

    got = checkout.bazel("run", "//tools/repl", "--", "//case/words", stdin=TYPED)

    assert got.exit_code == 0, got.text
    assert "packaging packaging" in got.stdout
    assert "No module named 'numpy'" in got.text
    assert "No module named 'case.rates'" in got.text
