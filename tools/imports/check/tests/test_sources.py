"""Tests of what counts as an import, and of what kind."""

import sys

import pytest
from _pytest.config import builtin_plugins

from tools.imports.check.sources import (
    PYTEST_PLUGINS,
    SourceSyntaxError,
    absolute_module,
    mentioned_modules,
    parse_imports,
)


def found(text: str) -> list[tuple[str, str, bool, bool]]:
    return [
        (i.module, i.name, i.optional, i.typing_only)
        for i in parse_imports(text.encode(), ["a", "b"])
    ]


def test_plain_and_from_imports() -> None:
    assert found("import x.y, z\nfrom p import q as r, s\nfrom t import *\n") == [
        ("x.y", "", False, False),
        ("z", "", False, False),
        ("p", "q", False, False),
        ("p", "s", False, False),
        ("t", "", False, False),
    ]


def test_imports_inside_functions_classes_and_loops_count() -> None:
    text = (
        "def f():\n    import a1\nclass C:\n    import a2\n"
        "for x in y:\n    import a3\nelse:\n    import a4\n"
        "with z:\n    import a5\nmatch q:\n    case 1:\n        import a6\n"
        "while 1:\n    import a7\nasync def g():\n    import a8\n"
    )

    assert [module for module, *_ in found(text)] == [f"a{n}" for n in range(1, 9)]


@pytest.mark.parametrize(
    ("module", "level", "want"),
    [
        ("m", 0, "m"),
        ("m", 1, "a.b.m"),
        ("", 1, "a.b"),
        ("m", 2, "a.m"),
        ("m", 4, "....m"),
    ],
)
def test_relative_imports_start_from_the_package(
    module: str, level: int, want: str
) -> None:
    assert absolute_module(module, level, ["a", "b"]) == want


@pytest.mark.parametrize(
    "handler",
    [
        "except ImportError:",
        "except ModuleNotFoundError as error:",
        "except (KeyError, ImportError):",
        "except Exception:",
        "except:",
    ],
)
def test_a_guarded_import_is_optional(handler: str) -> None:
    assert found(f"try:\n    import x\n{handler}\n    import y\n") == [
        ("x", "", True, False),
        ("y", "", True, False),
    ]


def test_another_exception_guards_nothing() -> None:
    assert found("try:\n    import x\nexcept KeyError:\n    pass\n") == [
        ("x", "", False, False)
    ]


def test_typing_only_imports_are_told_apart() -> None:
    text = (
        "import typing\nif typing.TYPE_CHECKING:\n    import x\nelse:\n    import y\n"
    )

    assert found(text)[1:] == [("x", "", False, True), ("y", "", False, False)]


@pytest.mark.parametrize(
    ("test", "want"),
    [
        ("sys.version_info >= (3, 11)", ["first"]),
        ("sys.version_info < (3, 11)", ["second"]),
        ("sys.version_info[0] == 2", ["second"]),
        ("sys.version_info[0] >= 3", ["first"]),
        ("sys.version_info[:2] >= (3, 11)", ["first"]),
        ("sys.version_info[:2] == (2, 7)", ["second"]),
        ("sys.version_info[1] >= 0", ["first"]),
        ("sys.version_info[9] >= 0", ["first", "second"]),
        ("sys.version_info[1:] >= (0,)", ["first", "second"]),
        ("sys.version_info >= 'three'", ["first", "second"]),
        ("flag", ["first", "second"]),
    ],
)
def test_only_the_branch_of_this_python_counts(test: str, want: list[str]) -> None:
    text = f"if {test}:\n    import first\nelse:\n    import second\n"

    assert [module for module, *_ in found(text)] == want


@pytest.mark.parametrize(
    "test",
    [
        'sys.platform == "win32"',
        'os.name == "nt"',
        'tool.name == "x" and sys.platform == "win32"',
        'sys.implementation.name == "pypy"',
    ],
)
def test_imports_for_another_platform_are_optional(test: str) -> None:
    assert found(f"if {test}:\n    import x\n") == [("x", "", True, False)]


@pytest.mark.parametrize(
    ("test", "branch"),
    [
        (f'sys.platform == "{sys.platform}"', "body"),
        (f'sys.platform in ("{sys.platform}", "win32")', "body"),
        (f'sys.platform.startswith("{sys.platform}")', "body"),
        ('sys.platform != "win32"', "body"),
        ('not os.name == "nt"', "body"),
        ('os.name == "posix" and sys.platform != "win32"', "body"),
        ('sys.platform == "win32" or os.name == "posix"', "body"),
        ('sys.platform == "win32"', "else"),
        ('sys.platform == "win32" and flag', "else"),
        ('platform.system() not in ["Darwin", "Linux"]', "else"),
        ("sys.platform in NAMES", "neither"),
        ('sys.platform in b"linux"', "neither"),
        ('sys.platform == "win32" or flag', "neither"),
    ],
)
def test_imports_for_this_platform_are_needed(test: str, branch: str) -> None:
    got = found(f"if {test}:\n    import x\nelse:\n    import y\n")

    assert got == [
        ("x", "", branch != "body", False),
        ("y", "", branch != "else", False),
    ]


def test_literal_arguments_of_importing_functions_count() -> None:
    text = (
        'import_module("p.q")\nimportlib.import_module(".r", __package__)\n'
        '__import__("s")\nimportlib.util.find_spec("t")\n'
        'pytest.importorskip("u")\nimport_module(name)\n'
    )

    assert found(text) == [
        ("p.q", "", False, False),
        ("a.b.r", "", False, False),
        ("s", "", False, False),
        ("t", "", True, False),
        ("u", "", True, False),
    ]


def kinds(text: str) -> dict[str, str]:
    """Return how each import of a source is seen: runs, optional or types."""
    return {
        module: "types" if typing_only else "optional" if optional else "runs"
        for module, _, optional, typing_only in found(text)
        if module not in {"sys", "typing", "typing_extensions"}
    }


@pytest.mark.parametrize(
    ("head", "test"),
    [
        ("from typing import TYPE_CHECKING", "TYPE_CHECKING"),
        ("from typing import TYPE_CHECKING as TC", "TC"),
        ("import typing as t", "t.TYPE_CHECKING"),
        ("from typing_extensions import TYPE_CHECKING as TC", "TC"),
        ("import typing_extensions as te", "te.TYPE_CHECKING"),
        ("TYPE_CHECKING = False", "TYPE_CHECKING"),
        ("import typing\nTC = typing.TYPE_CHECKING", "TC"),
        ("MYPY = False", "MYPY"),
        ("import typing", "typing.TYPE_CHECKING and flag"),
        ("import typing", "flag and typing.TYPE_CHECKING"),
        ("import typing", "not not typing.TYPE_CHECKING"),
        ("import sys, typing", "sys.version_info >= (3, 9) and typing.TYPE_CHECKING"),
    ],
)
def test_every_form_of_the_guard_for_types_is_known(head: str, test: str) -> None:
    text = f"{head}\nif {test}:\n    import x\nelse:\n    import y\n"

    assert kinds(text) == {"x": "types", "y": "runs"}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            "if not TYPE_CHECKING:\n    import x\nelse:\n    import y\n",
            {"x": "runs", "y": "types"},
        ),
        (
            "if flag:\n    import x\nelif TYPE_CHECKING:\n    import y\n"
            "else:\n    import z\n",
            {"x": "runs", "y": "types", "z": "runs"},
        ),
        (
            "if not TYPE_CHECKING:\n    pass\nelif flag:\n    import y\n",
            {"y": "types"},
        ),
        ("if TYPE_CHECKING or flag:\n    import x\n", {"x": "runs"}),
        (
            "if TYPE_CHECKING:\n    if not TYPE_CHECKING:\n        import x\n"
            "    else:\n        import y\n",
            {"y": "types"},
        ),
        (
            "if TYPE_CHECKING:\n    try:\n        import x\n"
            "    except ImportError:\n        import y\n",
            {"x": "types", "y": "types"},
        ),
        ("if False:  # TYPE_CHECKING\n    import x\n", {"x": "types"}),
        ("class C:\n    if TYPE_CHECKING:\n        import x\n", {"x": "types"}),
        (
            "if TYPE_CHECKING and sys.version_info < (3, 9):\n    import x\n",
            {},
        ),
    ],
)
def test_guard_for_types_in_a_larger_test(text: str, want: dict[str, str]) -> None:
    assert kinds(text) == want


def test_stub_imports_for_types_only() -> None:
    (got,) = parse_imports(b"import x\n", ["a"], is_stub=True)

    assert got.typing_only


@pytest.mark.parametrize(
    ("test", "want"),
    [
        ("sys.version_info.major == 3", ["first"]),
        ("sys.version_info.minor < 9", ["second"]),
        ("version_info >= (3, 9)", ["first"]),
        ("(3, 9) <= sys.version_info", ["first"]),
        ("(3, 0) <= sys.version_info < (3, 9)", ["second"]),
        ("not sys.version_info < (3, 9)", ["first"]),
        ("sys.version_info[0:2] < (3, 9)", ["second"]),
        ("sys.version_info >= (3, 9) and flag", ["first", "second"]),
        ("sys.version_info < (3, 9) or flag", ["first", "second"]),
        ("sys.version_info < (3, 9) and flag", ["second"]),
        ("flag or True", ["first"]),
        ("1 < 2", ["first", "second"]),
    ],
)
def test_versions_are_compared_however_it_is_written(
    test: str, want: list[str]
) -> None:
    text = f"if {test}:\n    import first\nelse:\n    import second\n"

    assert [module for module, _, _, types in found(text) if not types] == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ('import_module(name="p")', ("p", "", False)),
        ('__import__(name="p")', ("p", "", False)),
        ('__import__("p", level=1)', ("a.b.p", "", False)),
        ('importlib.import_module("..p", package="q.r")', ("q.p", "", False)),
        ('importlib.import_module(".p", "q")', ("q.p", "", False)),
        ('from importlib import import_module as im\nim("p")', ("p", "", False)),
        ('import importlib as il\nil.import_module("p")', ("p", "", False)),
        ('load = importlib.import_module\nload("p")', ("p", "", False)),
        ('pkgutil.resolve_name("p.q:r.s")', ("p.q", "", False)),
        ('pkgutil.resolve_name("p.q.r")', ("p.q", "r", False)),
        ('from pkgutil import resolve_name as rn\nrn("p:q")', ("p", "", False)),
        ('runpy.run_module("p.q", run_name="x")', ("p.q", "", False)),
        ('import runpy as r\nr.run_module(mod_name="p")', ("p", "", False)),
        ('pytest.importorskip(modname="p")', ("p", "", True)),
        ('from importlib.util import find_spec as fs\nfs(name="p")', ("p", "", True)),
        ('if flag:\n    pass\nelif find_spec("p"):\n    pass', ("p", "", True)),
        (
            'try:\n    import_module("p")\nexcept ImportError:\n    pass',
            ("p", "", True),
        ),
        ('def f(x=import_module("p")):\n    pass', ("p", "", False)),
    ],
)
def test_every_form_of_an_importing_call_is_known(
    text: str, want: tuple[str, str, bool]
) -> None:
    assert found(text)[-1] == (*want, False)


@pytest.mark.parametrize(
    "text",
    [
        'self.run_module("p q")',
        'importlib.util.resolve_name(".p", "q")',
        'import_module(f"p.{q}")',
        'find("p")',
    ],
)
def test_other_calls_import_nothing_that_is_known(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "context", ["pytest.raises(ImportError)", "self.assertRaises(ModuleNotFoundError)"]
)
def test_import_whose_failure_is_wanted_is_optional(context: str) -> None:
    assert found(f"with {context}:\n    import x\n") == [("x", "", True, False)]


@pytest.mark.parametrize(
    "text",
    [
        'pytest_plugins = ["pytester", "p.q"]',
        'pytest_plugins = ("pytester",)\npytest_plugins += ("p.q",)',
        'if flag:\n    pytest_plugins: list[str] = ["pytester", "p.q"]',
    ],
)
def test_plugins_named_for_pytest_are_imports(text: str) -> None:
    assert found(text) == [
        ("_pytest", "pytester", False, False),
        ("p.q", "", False, False),
    ]


def test_short_names_of_plugins_are_those_that_pytest_knows() -> None:
    assert builtin_plugins == PYTEST_PLUGINS


@pytest.mark.parametrize(
    "data",
    [
        b"# coding: latin-1\nx = '\xe9'\nimport m\n",
        b"\xef\xbb\xbfimport m\n",
        b"import m\r",
        b"\x0cimport m\r\n",
        "x = '\u2028'\nimport m\n".encode(),
        b"x = '\\d'\nimport m\n",
        b"import m\nif a:\n    pass\n" + b"elif b:\n    pass\n" * 3000,
        b"import m\nx = '" + b"a" * 300_000 + b"'\n",
    ],
)
def test_source_is_read_as_python_reads_it(
    data: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [it.module for it in parse_imports(data, [])] == ["m"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n<<<<<<< HEAD\nx = 2\n", "holds a merge conflict"),
        (
            b"x = " + b"9" * 5000,
            "holds a number of more digits than Python reads but in hexadecimal",
        ),
        (b"x = 1\n\x1a", "is not Python: invalid non-printable character U+001A"),
        (b"x = " + b"(" * 300, "is not Python: too many nested parentheses"),
        (b"x = " + b"-" * 50_000 + b"1", "is nested too deeply for Python to read"),
    ],
)
def test_source_that_python_refuses_says_why(data: bytes, text: str) -> None:
    with pytest.raises(SourceSyntaxError) as caught:
        parse_imports(data, [])

    assert caught.value.text == text


def test_strings_that_may_name_a_module_are_mentioned() -> None:
    text = 'run("a.b:app")\nx = "c.d"\ny = "word"\nz = "not a.module"\n'

    assert mentioned_modules(text.encode()) == {"a.b", "c.d"}
