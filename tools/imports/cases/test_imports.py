"""Plain builds that fail by what a target imports, and the commands that fix them."""

import re

from tools.nested.checkout import Checkout

LIBRARY = 'load("@rules_python//python:py_library.bzl", "py_library")\n\n'

LIB_ML = LIBRARY + """package_group(
    name = "users",
    packages = ["//services/..."],
)

py_library(
    name = "shapes",
    srcs = ["shapes.py"],
    visibility = [":users"],
    deps = [":secret"],
)

py_library(
    name = "secret",
    srcs = ["secret.py"],
)
"""


def service(*deps: str) -> str:
    """Return the BUILD file of a service of one module."""
    listed = "".join(f'        "{dep}",\n' for dep in deps)
    attribute = f"    deps = [\n{listed}    ],\n" if deps else ""
    head = 'py_library(\n    name = "lib",\n    srcs = ["app.py"],\n'
    return f"{LIBRARY}{head}{attribute})\n"


def module(*imports: str) -> str:
    """Return a source that passes every other check, with these groups of imports."""
    names = re.findall(r"(\w+)$", "\n".join(imports), re.M)
    listed = ", ".join(f'"{name}"' for name in sorted(names))
    groups = "".join(f"{group}\n\n" for group in imports)
    return f'"""Is a fixture."""\n\n{groups}__all__ = [{listed}]\n'


def lay_out(checkout: Checkout, source: str, *deps: str) -> None:
    """Write a library with a private part, a service, and the service under test."""
    checkout.write("libs/shapes/BUILD.bazel", LIB_ML)
    checkout.write("libs/shapes/secret.py", module())
    checkout.write("libs/shapes/shapes.py", module("from libs.shapes import secret"))
    checkout.write("services/other/BUILD.bazel", service())
    checkout.write("services/other/app.py", module())
    checkout.write("services/mine/BUILD.bazel", service(*deps))
    checkout.write("services/mine/app.py", source)


def test_types_and_stubs_are_seen_and_run_nowhere(checkout: Checkout) -> None:
    test = module(
        "import importlib.util\nfrom typing import TYPE_CHECKING",
        "from libs.kinds import kinds",
    )
    # What is for tests alone.
    test += "\nif TYPE_CHECKING:\n    from libs.kinds.tests.sizes import Size\n"
    test += "\n\ndef test_it() -> None:\n    size: Size = kinds.fast.twice(2)\n"
    test += "    assert size == 4\n"
    test += '    assert importlib.util.find_spec("numpy") is None\n'
    checkout.write("libs/kinds/fast.py", "def twice(n):\n    return 2 * n\n")
    checkout.write("libs/kinds/fast.pyi", "def twice(n: int) -> int: ...\n")
    checkout.write(
        "libs/kinds/kinds.py",
        "from typing import TYPE_CHECKING\n\nfrom libs.kinds import fast\n\n"
        "if TYPE_CHECKING:\n    import numpy as np\n\n"
        '__all__ = ["fast"]\n\n\n'
        'def size(values: np.ndarray) -> int:\n    return fast.twice("x")\n',
    )
    checkout.write("libs/kinds/tests/test_it.py", test)
    checkout.write("libs/kinds/tests/sizes.py", "Size = int\n")

    fixed = checkout.bazel("run", "//tools/imports:fix", "--", "//libs/kinds/...")
    got = checkout.bazel("test", "//libs/kinds/tests:test_it")

    assert fixed.exit_code == 0
    assert (
        '    srcs = [\n        "fast.py",\n        "kinds.py",\n    ],\n'
        '    pyi_deps = ["@pip//numpy"],\n    pyi_srcs = ["fast.pyi"],\n'
    ) in (checkout.root / "libs/kinds/BUILD.bazel").read_text()
    assert (
        "libs/kinds/kinds.py:12:23: Argument `Literal['x']` is not assignable to "
        "parameter `n` with type `int` in function `libs.kinds.fast.twice` "
        "[pyrefly/bad-argument-type]"
    ) in got.text
    assert got.verdict("//libs/kinds/tests:test_it") == "PASSED"


def test_import_of_another_service_fails_the_build(checkout: Checkout) -> None:
    lay_out(checkout, module("from services.other import app"))

    got = checkout.bazel("build", "//services/mine:lib")

    assert got.exit_code == 1
    assert (
        'services/mine/app.py:3:1: imports "services.other.app", which is in '
        "//services/other:lib, and that is private: //services/mine:lib may not use "
        "it. [imports/invisible]\n"
        "Fix: import what services/other offers to others; or have its owners add "
        "//services/mine to the visibility of //services/other:lib in "
        "services/other/BUILD.bazel.\n"
    ) in got.text


def test_import_of_a_private_module_fails_the_build(checkout: Checkout) -> None:
    lay_out(
        checkout,
        module("from libs.shapes import secret\nfrom libs.shapes import shapes"),
        "//libs/shapes:shapes",
    )

    got = checkout.bazel("build", "//services/mine:lib")

    assert got.exit_code == 1
    assert (
        'services/mine/app.py:3:1: imports "libs.shapes.secret", which is in '
        "//libs/shapes:secret, and that is private: //services/mine:lib may not use "
        "it. [imports/invisible]\n"
    ) in got.text


def test_import_of_an_undeclared_distribution_fails_the_build(
    checkout: Checkout,
) -> None:
    lay_out(checkout, module("import numpy"))

    got = checkout.bazel("build", "//services/mine:lib")

    assert got.exit_code == 1
    assert (
        'services/mine/app.py:3:1: imports "numpy", which is in @pip//numpy, and '
        "//services/mine:lib doesn't declare that. [imports/undeclared]\n"
        'Fix: add "@pip//numpy" to its deps: bazel run //tools/imports:fix -- '
        "//services/mine:lib\n"
    ) in got.text


def test_a_target_below_the_one_that_is_built_is_checked_too(
    checkout: Checkout,
) -> None:
    source = module("from libs.shapes import shapes")
    lay_out(checkout, source, "//libs/shapes")
    checkout.write("libs/shapes/secret.py", module("import numpy"))

    got = checkout.bazel("build", "//services/mine:lib")

    assert got.exit_code == 1
    assert 'libs/shapes/secret.py:3:1: imports "numpy"' in got.text


def test_the_fix_mends_the_build_and_changes_nothing_more(checkout: Checkout) -> None:
    source = module("import numpy", "from libs.shapes import shapes")
    lay_out(checkout, source, "@pip//fastapi")
    test = '"""Tests."""\n\n\ndef test_app() -> None:\n    assert True\n'
    checkout.write("services/mine/tests/test_app.py", test)
    command = ("run", "//:fix", "--", "//services/mine/...")

    diff = checkout.bazel("run", "//:fix", "--", "--check", *command[3:])
    fixed = checkout.bazel(*command)
    again = checkout.bazel(*command)

    assert diff.exit_code == 1
    assert '+        "//libs/shapes",\n' in diff.stdout
    assert fixed.exit_code == 0
    text = (checkout.root / "services/mine/BUILD.bazel").read_text()
    assert text == service("//libs/shapes", "@pip//numpy")
    assert "0 BUILD files differ, 0 to decide." in again.stdout
    assert checkout.bazel("test", "//services/mine/...").exit_code == 0


def test_a_baseline_forgives_what_was_there_and_only_shrinks(
    checkout: Checkout,
) -> None:
    lay_out(checkout, module("import numpy"))
    record = ("run", "//:check", "--", "--baseline", "//services/mine/...")

    first = checkout.bazel(*record)
    forgiven = checkout.bazel("build", "//services/mine:lib")
    checkout.write("services/mine/app.py", module("import fastapi\nimport numpy"))
    added = checkout.bazel("build", "//services/mine:lib")
    refused = checkout.bazel(*record)
    checkout.write("services/mine/app.py", module())
    gone = checkout.bazel("build", "//services/mine:lib")
    shrunk = checkout.bazel(*record)

    assert first.exit_code == 0
    # One of the import check's, one of the type check's.
    assert first.stdout.endswith("services/mine/findings_baseline.jsonl: 2 records\n")
    assert forgiven.exit_code == 0
    assert added.exit_code == 1
    assert 'imports "fastapi"' in added.text
    assert 'imports "numpy"' not in added.text
    assert refused.exit_code == 1
    assert "it can only shrink" in refused.text
    assert gone.exit_code == 1
    assert (
        "services/mine/findings_baseline.jsonl: records [imports/undeclared] for "
        "services/mine/app.py, and it is fixed: "
    ) in gone.text
    assert shrunk.exit_code == 0
    assert not (checkout.root / "services/mine/findings_baseline.jsonl").exists()
    assert checkout.bazel("build", "//services/mine:lib").exit_code == 0


def test_an_edit_elsewhere_runs_no_check_again(checkout: Checkout) -> None:
    lay_out(checkout, module("import os"))
    checkout.bazel("build", "//services/...")
    checkout.write("services/other/app.py", module("import sys"))
    checkout.replace(
        "services/other/BUILD.bazel", "py_library(\n", "# x\npy_library(\n"
    )
    explained = checkout.root / "explained.txt"

    got = checkout.bazel("build", f"--explain={explained}", "//services/...")

    assert got.exit_code == 0
    ran = [
        line.partition(":")[0]
        for line in explained.read_text().splitlines()
        if "Checking the imports of" in line
    ]
    assert ran == ["Executing action 'Checking the imports of //services/other"]
