"""An edit to a program runs its own actions again, and no other's."""

import re

import pytest

from tools.nested.checkout import Checkout

LIBRARY = "//libs/price"
FILES = {
    "libs/price/BUILD.bazel": (
        'load("@rules_python//python:py_library.bzl", "py_library")\n\n'
        'py_library(\n    name = "price",\n    srcs = ["price.py"],\n)\n'
    ),
    "libs/price/price.py": '"""Prices."""\n\nPRICE = 1\n',
}


def executed(checkout: Checkout) -> set[str]:
    """Build the library, and return the kinds of the actions that ran."""
    got = checkout.bazel("build", "--subcommands", LIBRARY)
    assert got.exit_code == 0, got.text
    return set(re.findall(r"mnemonic: (\w+)", got.text))


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("tools/checks/ruff_findings.py", {"PyAction", "RuffCheck"}),
        ("tools/imports/check/request.py", {"PyAction", "ImportsCheck"}),
        ("tools/imports/distributions/distribution_map.py", set()),
        ("tools/findings/sarif.py", set()),
    ],
)
def test_edit_of_a_program_runs_its_own_actions_only(
    checkout: Checkout, path: str, kinds: set[str]
) -> None:
    for name, text in FILES.items():
        checkout.write(name, text)
    executed(checkout)
    checkout.write(path, (checkout.root / path).read_text() + "\nMORE = 1\n")

    assert executed(checkout) == kinds


def test_edit_of_a_program_starts_its_worker_again(checkout: Checkout) -> None:
    for name, text in FILES.items():
        checkout.write(name, text)
    executed(checkout)
    path = "tools/checks/ruff_findings.py"
    lines = (checkout.root / path).read_text()
    checkout.write(path, f"{lines}\nraise RuntimeError('as it is now')\n")

    got = checkout.bazel("build", LIBRARY)

    assert got.exit_code == 1
    assert "RuntimeError: as it is now" in got.text
