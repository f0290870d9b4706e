"""Tests of the list of commands."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tools.build_files.index import read_index
from tools.help.__main__ import commands, main
from tools.tree.paths import path_in_tree
from tools.workspace.git import git

FILES = {
    "BUILD.bazel": """alias(
    name = "check",
    actual = "//tools/check:look",
    tags = ["command"],
)
""",
    "tools/check/BUILD.bazel": """py_binary(
    name = "look",
    srcs = ["look.py"],
)

alias(
    name = "update",
    actual = "update.py",
    tags = ["command"],
)

py_binary(
    name = "internal",
    srcs = ["look.py"],
)
""",
    "tools/check/look.py": '''"""Looks at everything.

Exits 0.

Examples:
  bazel run //:check
"""
''',
    "tools/check/update.py": '#!/usr/bin/python3\n"""Brings it up to date."""\n',
    "services/shop/BUILD.bazel": """load("//tools/up:defs.bzl", "service")

py_binary(
    name = "shop",
    srcs = ["__main__.py", "more.py"],
    main = "__main__.py",
)

service(
    name = "service",
    binary = ":shop",
)
""",
    "services/shop/__main__.py": '"""Sells."""\n',
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    git(tmp_path, "init", "--quiet")
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    return tmp_path


def test_each_command_and_service_has_its_programs_first_line(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0

    assert capsys.readouterr().out.splitlines()[:7] == [
        "Commands; `-- --help` behind one says more of it:",
        "  ./bazelw run //:check              Looks at everything",
        "  ./bazelw run //tools/check:update  Brings it up to date",
        "",
        "Services; ./bazelw run //:up starts them together:",
        "  ./bazelw run //services/shop  Sells",
        "",
    ]


def test_command_whose_help_is_incomplete_is_named(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "tools/check/look.py").write_text('"""Looks.\n\nExits 0.\n"""\n')

    assert main([]) == 1
    assert capsys.readouterr().err == (
        "//:check: its help lacks exit codes or examples.\n"
        "Fix: add them to its docstring, as //:up has.\n"
    )


def test_command_that_prints_json_has_a_schema(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = workspace / "tools/check/look.py"
    program.write_text(f"{FILES['tools/check/look.py']}\ncommand_parser('', '')\n")

    assert main([]) == 1
    schema = "tools/schemas/check.schema.json"
    assert capsys.readouterr().err == (
        f"//:check: what it prints as JSON has no schema.\nFix: write {schema}\n"
    )
    (workspace / "tools/schemas").mkdir()
    (workspace / schema).write_text("{}")
    assert main([]) == 0


@pytest.mark.parametrize(
    ("begun", "words"),
    [
        ("//:", ["//:check"]),
        ("//tools/check:u", ["//tools/check:update"]),
        ("//services/", ["//services/shop"]),
        ("cov", ["coverage"]),
    ],
)
def test_bash_completes_what_is_begun(
    workspace: Path, capsys: pytest.CaptureFixture[str], begun: str, words: list[str]
) -> None:
    assert main(["--completion"]) == 0
    breaks, complete = capsys.readouterr().out.splitlines()
    # What Tab does with what `complete` was given.
    compgen = complete.replace("complete -o default", "compgen").split(" bazelw")[0]

    done = subprocess.run(
        [
            "bash",
            "-c",
            f"{breaks}; [[ $COMP_WORDBREAKS != *:* ]] && {compgen} -- {begun}",
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.stdout.split() == words


def test_file_that_is_gone_is_named(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "tools/check/look.py").unlink()

    assert main([]) == 2
    assert "tools/check/look.py" in capsys.readouterr().err


def test_it_lists_every_command_of_the_readme() -> None:
    starlark = {
        path_in_tree(file, "build_files"): Path(file).read_text(encoding="utf-8")
        for file in os.environ["BUILD_FILES"].split()
    }
    listed = set(commands(read_index(list(starlark), starlark)[0]))
    readme = Path("README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\./bazelw run (//[^ `\n]+)", readme))

    assert {label for label in named if not label.startswith("//services")} <= listed
