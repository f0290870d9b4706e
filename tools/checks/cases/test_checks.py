"""Plain builds that the checks fail, and what an edit costs; by Bazel's own log of executions."""

import json
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tools.nested.checkout import Checkout
from tools.workspace.git import GitError

LIBRARY = 'load("@rules_python//python:py_library.bzl", "py_library")\n\n'
TARGETS = LIBRARY + """package(default_visibility = ["//libs:__subpackages__"])

py_library(
    name = "base",
    srcs = ["base.py"],
)

py_library(
    name = "user",
    srcs = ["user.py"],
    deps = [":base"],
)
"""
BASE = '"""A base."""\n\n\ndef twice(number: int) -> int:\n    """Return the double."""\n    return 2 * number\n'
USER = '"""A user."""\n\nfrom libs.chain.base import twice\n\nFOUR: int = twice(2)\n'
CHECKS = ("BlackCheck", "RuffCheck", "PyreflyCheck")
ALL = "//libs/chain:all"


def lay_out(checkout: Checkout, user: str = USER, build: str = TARGETS) -> None:
    """Write a library and its user."""
    checkout.write("libs/chain/BUILD.bazel", build)
    checkout.write("libs/chain/base.py", BASE)
    checkout.write("libs/chain/user.py", user)


def executed(checkout: Checkout) -> Counter[tuple[str, str]]:
    """Build, and return which checks ran over which target."""
    log = checkout.root / "bazel-log.json"
    got = checkout.bazel("build", f"--execution_log_json_file={log}", ALL)
    assert got.exit_code == 0, got.text
    return Counter(
        (spawn["mnemonic"], spawn["targetLabel"].removeprefix("//libs/chain:"))
        for spawn in spawns(log.read_text())
        if spawn["mnemonic"] in CHECKS
    )


def spawns(text: str) -> Iterator[dict[str, str]]:
    """Yield the objects of a log, which stand one after the other."""
    decoder = json.JSONDecoder()
    place = 0
    while place < len(text):
        spawn, place = decoder.raw_decode(text, place)
        yield spawn
        while place < len(text) and text[place].isspace():
            place += 1


def test_every_check_fails_a_plain_build_in_one_run(checkout: Checkout) -> None:
    lay_out(
        checkout,
        '"""A user."""\n\nimport os\nfrom libs.chain.base import twice\n\nFOUR: str = twice( 2 )\n',
    )

    got = checkout.bazel("build", ALL)

    assert got.exit_code == 1
    for line in (
        "libs/chain/user.py:3:8: `os` imported but unused [ruff/F401]",
        "libs/chain/user.py:6:1: not formatted as black formats it [black/format]",
        "libs/chain/user.py:6:13: `int` is not assignable to `str` [pyrefly/bad-assignment]",
    ):
        assert got.text.count(line) == 1, got.text


def test_nochecks_is_a_way_out(checkout: Checkout) -> None:
    lay_out(checkout, '"""A user."""\n\nimport os\n')

    assert checkout.bazel("build", "--config=nochecks", ALL).exit_code == 0


def test_tag_is_a_way_out_with_a_reason_only(checkout: Checkout) -> None:
    wrong = (
        '"""A user."""\n\nfrom libs.chain.base import twice\n\nFOUR: str = twice(2)\n'
    )
    with_reason = TARGETS.replace(
        '    deps = [":base"],',
        '    tags = ["no-pyrefly=an example"],\n    deps = [":base"],',
    )
    lay_out(checkout, wrong, with_reason)

    allowed = checkout.bazel("build", ALL)
    checkout.replace("libs/chain/BUILD.bazel", "no-pyrefly=an example", "no-pyrefly")
    refused = checkout.bazel("build", ALL)

    assert allowed.exit_code == 0, allowed.text
    assert refused.exit_code == 1
    assert (
        '//libs/chain:user switches pyrefly off by the tag "no-pyrefly" without a reason. '
        'Fix: tags = ["no-pyrefly=<why>"], or take the tag out.'
    ) in refused.text


def test_run_is_not_held_up(checkout: Checkout) -> None:
    load = 'load("@rules_python//python:py_binary.bzl", "py_binary")\n\n'
    build = load + 'py_binary(\n    name = "go",\n    srcs = ["go.py"],\n)\n'
    checkout.write("libs/go/BUILD.bazel", build)
    checkout.write("libs/go/go.py", "import os\nprint( 'went' )\n")

    assert checkout.bazel("run", "//libs/go").stdout == "went\n"
    assert checkout.bazel("build", "//libs/go").exit_code == 1


def test_edit_runs_one_black_one_ruff_and_the_right_pyrefly_again(
    checkout: Checkout,
) -> None:
    lay_out(checkout)
    executed(checkout)

    unchanged = executed(checkout)
    checkout.replace("libs/chain/base.py", "2 * number", "number * 2")
    body = executed(checkout)
    checkout.replace("libs/chain/base.py", "number: int)", "number: float)")
    checkout.replace("libs/chain/base.py", "-> int", "-> float")
    checkout.replace("libs/chain/user.py", "FOUR: int", "FOUR: float")
    interface = executed(checkout)

    assert unchanged == Counter()
    assert body == Counter([(check, "base") for check in CHECKS])
    assert interface == Counter(
        [(check, name) for check in CHECKS for name in ("base", "user")]
    )


def test_interface_edit_checks_dependents_types_alone(checkout: Checkout) -> None:
    lay_out(checkout)
    executed(checkout)

    checkout.replace("libs/chain/base.py", "-> int", "-> bool | int")
    checkout.replace("libs/chain/base.py", "2 * number", "2 * number or False")
    log = checkout.root / "bazel-log.json"
    got = checkout.bazel("build", f"--execution_log_json_file={log}", ALL)

    ran = {
        (spawn["mnemonic"], spawn["targetLabel"])
        for spawn in spawns(log.read_text())
        if spawn["mnemonic"] in CHECKS
    }
    assert got.exit_code == 0, got.text
    assert ran == {
        *((check, "//libs/chain:base") for check in CHECKS),
        ("PyreflyCheck", "//libs/chain:user"),
    }


def test_new_file_outside_every_target_fails_the_cached_guard(
    checkout: Checkout,
) -> None:
    label = "//tools/checks/unowned_files:unowned_files_test"
    first = checkout.bazel("test", label).verdict(label)
    again = checkout.bazel("test", label).verdict(label)

    checkout.write("tools/checks/stray.py", '"""Nobody\'s."""\n')
    stray = checkout.bazel("test", label)

    # Another case may have run it over the same files.
    assert (first.split()[-1], again) == ("PASSED", "(cached) PASSED")
    assert stray.verdict(label) == "FAILED"
    assert (
        "tools/checks/stray.py: no Python target has it in srcs, so nothing checks it "
        '[unowned_files/outside]\nFix: in tools/checks/BUILD.bazel add "stray.py" to the srcs of '
        'a py_library, or add py_library(name = "stray", srcs = ["stray.py"])\n'
    ) in stray.text


def test_check_tells_findings_by_exit_1_and_failure_by_exit_2(
    checkout: Checkout,
) -> None:
    lay_out(checkout, '"""A user."""\n\nimport os\n')

    found = checkout.bazel("run", "//:check", "--", ALL)
    checkout.bazel("run", "//:check", "--", "--baseline", "//libs/chain/...")
    recorded = checkout.bazel("run", "//:check", "--", ALL)
    impossible = checkout.bazel("run", "//:check", "--", "//libs/nowhere:all")

    assert found.exit_code == 1
    assert "[ruff/F401]" in found.stdout
    assert recorded.exit_code == 0, recorded.text
    assert impossible.exit_code == 2


def test_fix_mends_what_is_touched_and_says_so(checkout: Checkout) -> None:
    lay_out(
        checkout,
        '"""A user."""\n\nimport os\nfrom libs.chain.base import twice\n\nFOUR: int = twice( 2 )\n',
    )

    got = checkout.bazel("run", "//:fix")

    assert got.exit_code == 0, got.text
    assert "fixed libs/chain/user.py: ruff, black\n" in got.stdout
    assert (checkout.root / "libs/chain/user.py").read_text() == USER
    assert checkout.bazel("build", ALL).exit_code == 0


def test_types_are_the_same_bytes_in_two_output_bases(
    checkout: Checkout, make_checkout: Callable[[], Checkout]
) -> None:
    other = make_checkout()
    reports = []
    for copy in (checkout, other):
        lay_out(copy)
        got = copy.bazel("build", ALL, "--output_groups=+findings")
        assert got.exit_code == 0, got.text
        folder = copy.root / "bazel-bin"
        names = ("libs/chain/user.pyrefly.jsonl", "libs/chain/user.interface.json")
        reports.append([(folder / name).read_bytes() for name in names])

    assert reports[0] == reports[1]


def test_a_py_test_that_starts_no_test_fails_the_build(checkout: Checkout) -> None:
    load = 'load("@rules_python//python:py_test.bzl", "py_test")\n\n'
    target = 'py_test(\n    name = "price",\n    size = "small",\n    srcs = ["price.py"],\n)\n'
    checkout.write("libs/price/BUILD.bazel", load + target)
    source = '"""Tests."""\n\n\ndef test_a() -> None:\n    """Fail."""\n    raise AssertionError\n'
    checkout.write("libs/price/price.py", source)

    got = checkout.bazel("build", "//libs/price")

    assert got.exit_code == 1
    assert (
        "libs/price/price.py:1: //libs/price runs it as a program, and it starts "
        "nothing: no test of it runs [main/no-start]\n"
    ) in got.text
    # The rules' own validation, on either line.
    assert "Validating py_test main //libs/price:price failed" in got.text


@pytest.fixture
def hooked(checkout: Checkout) -> Iterator[Checkout]:
    """Give a checkout with the hook, which no commit of a later case is to meet."""
    checkout.bazel("run", "//tools/checks:install_hook")
    yield checkout
    (checkout.root / ".git/hooks/pre-commit").unlink()


def test_hook_needs_no_bazel_until_the_checks_change(hooked: Checkout) -> None:
    lay_out(hooked)
    hooked.git("add", "libs")
    hooked.git("commit", "--message=well formed")
    hooked.bazel("shutdown")

    # Staged wrong, and corrected in the work tree alone.
    hooked.write("libs/chain/user.py", '"""A user."""\n\nFOUR = ( 2 )\n')
    hooked.git("add", "libs")
    hooked.write("libs/chain/user.py", USER)
    without = commit_refusal(hooked)
    server = hooked.output_base / "server/server.pid.txt"
    ran_bazel = server.exists()
    hooked.replace("tools/checks/black_findings.py", "as black formats", "as told by")
    changed = commit_refusal(hooked)

    assert not ran_bazel
    assert "libs/chain/user.py:3:1: not formatted as black formats it" in without
    assert "libs/chain/user.py:3:1: not formatted as told by it" in changed


def commit_refusal(checkout: Checkout) -> str:
    """Commit what is staged, which the hook must refuse, and return what it said."""
    try:
        checkout.git("commit", "--message=refused")
    except GitError as error:
        return str(error)
    raise AssertionError("the hook let the commit pass")
