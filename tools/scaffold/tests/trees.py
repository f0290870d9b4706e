"""A small repository to move projects in and to take them out of."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

DISTRIBUTIONS = "tools/imports/distributions/distributions.txt"
FILES = {
    DISTRIBUTIONS: "numpy @pip//numpy\n",
    "README.md": (
        "| `libs/cash` | coins |\n| `libs/price` | prices |\n| `tools/` | tools |\n\n"
        "See [libs/price](libs/price/README.md).\n"
    ),
    "CHANGELOG.md": "- libs/price rounds.\n",
    "coverage.toml": (
        '[floor]\nlines = 80\n\n# It is old.\n[floor."libs/price"]\nlines = 90\n\n'
        '[floor."services/shop"]\nlines = 95\n'
    ),
    "requirements.in": (
        "# What libs/price takes is named here.\nnumpy  # sums\nscikit-learn>=1 # fits\n"
    ),
    "libs/cash/BUILD.bazel": (
        "package_group(\n"
        '    name = "users",\n'
        "    packages = [\n"
        '        "//libs/cash/...",\n'
        '        "//libs/price/...",  # for coins\n'
        "    ],\n"
        ")\n\n"
        'py_library(name = "cash", visibility = ["//libs/price:__pkg__", ":users"])\n'
    ),
    "libs/cash/cash.py": '"""Coins, unlike those of libs/price."""\n',
    "libs/price/BUILD.bazel": (
        'package_group(name = "users", packages = ["//libs/price/...", "//services/..."])\n'
        'py_library(name = "price", srcs = ["cents.py"], deps = ["@pip//scikit_learn"])\n'
        'py_library(name = "fast", deps = [":price", "@pip//numpy"])\n'
    ),
    "libs/price/cents.py": 'import libs.price.fast\n\nNAME = "libs.price.cents"\n',
    "libs/price/README.md": "# libs/price\n",
    "services/shop/BUILD.bazel": (
        'py_library(name = "shop", deps = ["//libs/price", "@pip//numpy"])\n'
        'py_library(name = "old", deps = ["//libs/price:price", "//libs/price:fast"])\n'
    ),
    "services/shop/app.py": (
        "# Prices of libs/price, not of libs/price_list.\n"
        "import libs.price.fast  # quick\n"
        "from libs import cash, price\n"
        "from libs import price as prices\n"
        "from libs.price.cents import NAME\n"
        "from libs.price_list import LIST\n\n"
        'PATCHED = "libs.price.cents.NAME"\n'
    ),
    "tools/policy/defs.bzl": (
        "FOLDERS = {\n"
        '    "libs/price": struct(folders = ["libs/price/fits"]),\n'
        '    "numpy": struct(folders = ["libs/cash", "libs/price"]),\n'
        "}\n"
    ),
    "tools/policy/tests/defs_test.bzl": 'def _x_test():\n    check("//libs/price")\n',
    "tools/x/test_x.py": 'PLACE = "libs/price/x.py"\n',
}


def lay_out(root: Path, files: Mapping[str, str] = FILES) -> None:
    """Write a repository, and commit it."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run(["git", *identity, *command], cwd=root, check=True, timeout=60)
