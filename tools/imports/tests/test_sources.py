"""Tests of what counts as an import, and of what kind."""

import pytest

from tools.imports.sources import absolute_module, mentioned_modules, parse_imports


def found(text: str) -> list[tuple[str, str, bool, bool]]:
    return [
        (i.module, i.name, i.optional, i.typing_only)
        for i in parse_imports(text, ["a", "b"])
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
    [("m", 0, "m"), ("m", 1, "a.b.m"), ("", 1, "a.b"), ("m", 2, "a.m"), ("m", 4, "")],
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


@pytest.mark.parametrize("test", ['sys.platform == "win32"', 'os.name == "nt"'])
def test_imports_for_another_platform_are_optional(test: str) -> None:
    assert found(f"if {test}:\n    import x\n") == [("x", "", True, False)]


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


def test_strings_that_may_name_a_module_are_mentioned() -> None:
    text = 'run("a.b:app")\nx = "c.d"\ny = "word"\nz = "not a.module"\n'

    assert mentioned_modules(text) == {"a.b", "c.d"}
