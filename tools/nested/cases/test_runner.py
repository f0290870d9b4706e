"""The contract of pytest_test, seen from outside: what Bazel reports of real test targets."""

import re
import subprocess
import sys

from tools.nested.checkout import Checkout

BUILD = """load("//tools/testing:defs.bzl", "pytest_test")

pytest_test(
    name = "test_case",
    size = "small",
    srcs = ["test_case.py"],
    {more}
)
"""
AT_A_TERMINAL = (
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
)
LABEL = "//case:test_case"
NAMES = ("one", "two", "three", "four")
FOUR = "".join(f"def test_{name}():\n    pass\n\n\n" for name in NAMES)


def add_case(checkout: Checkout, source: str, more: str = "") -> None:
    checkout.write("case/BUILD.bazel", BUILD.format(more=more))
    checkout.write("case/test_case.py", source)


def test_file_without_a_test_fails(checkout: Checkout) -> None:
    add_case(checkout, "def not_a_test():\n    pass\n")

    got = checkout.bazel("test", LABEL)

    assert got.verdict(LABEL) == "FAILED"
    assert (
        "case/test_case.py: no test was collected, wanted at least one in each file."
        in got.text
    )


def test_failure_shows_pytests_own_report(checkout: Checkout) -> None:
    add_case(checkout, "def test_sum():\n    assert 1 + 1 == 3\n")

    got = checkout.bazel("test", LABEL)

    assert got.verdict(LABEL) == "FAILED"
    assert "E       assert (1 + 1) == 3" in got.text


def test_filter_selects_by_name_and_must_select_something(checkout: Checkout) -> None:
    add_case(checkout, FOUR)

    some = checkout.bazel(
        "test",
        LABEL,
        "--test_filter=case.test_case.test_one or case/test_case.py::test_two",
        "--test_output=all",
    )
    none = checkout.bazel("test", LABEL, "--test_filter=nothing_of_the_kind")

    assert "2 passed, 2 deselected" in some.text
    assert none.verdict(LABEL) == "FAILED"
    assert "None of the 4 tests was selected." in none.text


def test_argument_reaches_pytest(checkout: Checkout) -> None:
    add_case(checkout, FOUR)

    got = checkout.bazel(
        "test", LABEL, "--test_arg=-k", "--test_arg=three", "--test_output=all"
    )

    assert "1 passed, 3 deselected" in got.text


def test_every_test_is_in_exactly_one_shard(checkout: Checkout) -> None:
    by_chance = f"import pytest\n\n\n@pytest.mark.parametrize('name', {set(NAMES)})\n"
    test = "def test_name(name):\n    pass\n"
    add_case(checkout, by_chance + test, "shard_count = 3,")

    got = checkout.bazel("test", LABEL, "--test_output=all", "--test_arg=-v")

    assert got.verdict(LABEL) == "PASSED"
    ran = re.findall(r"^case/test_case.py::test_name\[(\w+)\] PASSED", got.text, re.M)
    assert sorted(ran) == sorted(NAMES)


def test_test_that_ends_its_process_fails(checkout: Checkout) -> None:
    add_case(checkout, "import os\n\n\ndef test_leaves():\n    os._exit(0)\n")

    got = checkout.bazel("test", LABEL)

    assert got.verdict(LABEL) == "FAILED"
    assert "Tests that had not finished: case/test_case.py::test_leaves." in got.text


def test_stacks_are_printed_before_bazel_ends_a_test(checkout: Checkout) -> None:
    add_case(
        checkout,
        "import threading\n\n\ndef test_waits():\n    threading.Event().wait()\n",
    )

    got = checkout.bazel("test", LABEL, "--test_timeout=10")

    assert got.verdict(LABEL).startswith("TIMEOUT")
    assert "nearly 10 s are over, in case/test_case.py::test_waits." in got.text
    assert re.search(r'test_case.py", line \d+ in test_waits$', got.text, re.M)


def test_more_shards_than_tests_pass(checkout: Checkout) -> None:
    add_case(checkout, "def test_one():\n    pass\n", "shard_count = 3,")

    assert checkout.bazel("test", LABEL).verdict(LABEL) == "PASSED"


def test_forgotten_conftest_is_reported_and_a_declared_one_applies(
    checkout: Checkout,
) -> None:
    fixture = "import pytest\n\n\n@pytest.fixture\ndef seven():\n    return 7\n"
    checkout.write("case/conftest.py", fixture)
    add_case(checkout, "def test_seven(seven):\n    assert seven == 7\n")

    forgotten = checkout.bazel("test", LABEL)
    checkout.replace(
        "case/BUILD.bazel", '["test_case.py"]', '["conftest.py", "test_case.py"]'
    )
    declared = checkout.bazel("test", LABEL)

    assert forgotten.verdict(LABEL) == "FAILED"
    assert (
        "case/conftest.py applies to these tests, and the target doesn't declare it."
        in forgotten.text
    )
    assert declared.verdict(LABEL) == "PASSED"


def test_warning_is_an_error(checkout: Checkout) -> None:
    add_case(
        checkout, "import warnings\n\n\ndef test_warns():\n    warnings.warn('old')\n"
    )

    assert checkout.bazel("test", LABEL).verdict(LABEL) == "FAILED"


def test_plugin_of_a_declared_distribution_loads(checkout: Checkout) -> None:
    source = "def test_plugin(pytestconfig):\n    assert pytestconfig.pluginmanager.hasplugin('{}')\n"
    add_case(
        checkout,
        source.format("hypothesispytest"),
        'deps = ["@pip//hypothesis"],',
    )

    assert checkout.bazel("test", LABEL).verdict(LABEL) == "PASSED"


def test_callers_pythonpath_changes_nothing(checkout: Checkout) -> None:
    checkout.write("evil/json.py", "raise SystemExit('the caller was here')\n")
    checkout.write("evil/libs/__init__.py", "raise SystemExit('the caller was here')\n")
    add_case(
        checkout, "import json\n\n\ndef test_json():\n    assert json.loads('1') == 1\n"
    )
    environ = {"PYTHONPATH": str(checkout.root / "evil")}

    ran = checkout.bazel("run", LABEL, environ=environ)
    tested = checkout.bazel("test", LABEL, environ=environ)

    assert ran.exit_code == 0, ran.text
    assert "1 passed" in ran.text
    assert tested.verdict(LABEL) == "PASSED"


def test_breakpoint_works_where_there_is_a_terminal(checkout: Checkout) -> None:
    add_case(checkout, "def test_stop():\n    number = 6\n    breakpoint()\n")

    got = checkout.bazel("run", LABEL, stdin="p number * 7\ncontinue\n")

    assert got.exit_code == 0, got.text
    assert "42" in got.stdout


def test_breakpoint_reads_from_the_terminal(checkout: Checkout) -> None:
    stops = "def test_stop():\n    number = 6\n    breakpoint()\n"
    add_case(checkout, stops, "shard_count = 2,")

    got = subprocess.run(
        [sys.executable, "-c", AT_A_TERMINAL, "./bazelw", "run", LABEL],
        cwd=checkout.root,
        input="p number * 7\ncontinue\n",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert got.returncode == 0, got.stdout
    assert "42" in got.stdout
