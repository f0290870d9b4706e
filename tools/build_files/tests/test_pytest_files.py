"""Tests of which files pytest is taken to run."""

import pytest

from tools.build_files.pytest_files import PytestFiles, read_pytest_files


@pytest.mark.parametrize(
    ("path", "want"),
    [
        ("libs/a/test_b.py", True),
        ("libs/a/b_test.py", True),
        ("tests.py", False),
        ("libs/tests/b.py", False),
        ("libs/a/conftest.py", False),
    ],
)
def test_names_are_pytests_own_by_default(path: str, want: bool) -> None:
    assert PytestFiles().is_named_so(path) is want


@pytest.mark.parametrize(
    "source",
    [
        "def test_a(): pass",
        "async def test_a(): pass",
        "@mark.slow\ndef test_a(): pass",
        "if True:\n    def test_a(): pass",
        "try:\n    import x\nexcept ImportError:\n    pass\nelse:\n    def test_a(): pass",
        "with x:\n    def test_a(): pass",
        "class TestA:\n    def test_b(self): pass",
        "class TestA(Base): pass",
        "class TestA(ValueError, Own): pass",
        "class Shop(TestCase):\n    pass",
        "class Shop(unittest.IsolatedAsyncioTestCase): pass",
        "class Shop(Own):\n    def test_b(self): pass",
        "TestShop = ShopMachine.TestCase",
        "test_a = lambda: None",
        "from libs.shared import test_a",
        "def f(:",
        "\0",
        "# -*- coding: nowhere -*-",
    ],
)
def test_what_pytest_may_run_is_a_test(source: str) -> None:
    assert PytestFiles().holds_tests(source.encode())


@pytest.mark.parametrize(
    "source",
    [
        "test_a = make(1)",
        "test_a = functools.partial(check, 1)",
        "test_a = shop.check",
        "test_a: Callable[[], None] = lambda: None",
        "test_a, test_b = make(2)",
        "test_a = schema.parametrize()(check)",
        "TestShop = make()",
        "for n in '12':\n    globals()[f'test_{n}'] = make(n)",
        "scenarios('shop.feature')",
        "from .cases import *",
        "from .cases import TestShop",
        "from libs.shop.tests.cases import TestShop",
        "@pytest.mark.usefixtures('db')\ndef test_a(): pass",
        "class TestA:\n    class TestB:\n        def test_c(self): pass",
        "class TestA:\n    test_b = make()",
        "class ShopTests(Base): pass",
        "if (test_a := make()):\n    pass",
        "assert (test_a := lambda: None)",
        "with make() as test_a:\n    pass",
        "for test_a in (lambda: None, check):\n    pass",
        "test_a, test_b = check, check",
        "test_a = CHECKS['a']",
        "test_a = check if CI else None",
        "test_a = other = check",
        "TestShop = ShopSuite",
        "globals().update(made())",
        "vars()['test_a'] = check",
        "exec(SOURCE)",
        "setattr(sys.modules[__name__], 'test_a', check)",
        "sys.modules[__name__].test_a = check",
        "def make():\n    global test_a\n    test_a = check",
        "@use_fixture\ndef test_a(): pass",
        "@shop.with_fixture('db')\ndef test_a(): pass",
        "class Shop:\n    __test__ = True\n    def test_b(self): pass",
        "try:\n    import x\nexcept ImportError:\n    __test__ = False\ndef test_a(): pass",
    ],
)
def test_what_something_else_makes_or_runs_is_a_test(source: str) -> None:
    assert PytestFiles().holds_tests(source.encode())


@pytest.mark.parametrize(
    "source", ["A = " + "-" * 99999 + "1", "A[0x" + "f" * 9999 + "] = 1"]
)
def test_what_python_can_not_hold_may_be_a_test(source: str) -> None:
    assert PytestFiles().holds_tests(source.encode())


@pytest.mark.parametrize(
    "source",
    [
        "test_client = TestClient(app)",
        "",
        "def helper(): pass",
        "def outer():\n    def test_a(): pass",
        "@pytest.fixture\ndef test_client(): pass",
        "class TestClient:\n    def __init__(self): pass\n    def test_b(self): pass",
        "class TestClient:\n    def get(self): pass",
        "class TestError(ValueError): pass",
        "class TestKind(enum.Enum):\n    A = 1",
        "class TestA:\n    __test__ = False\n    def test_b(self): pass",
        "__test__ = False\ndef test_a(): pass",
        "from starlette.testclient import TestClient",
        "test_data = [1]",
        "class Shop:\n    def test_b(self): pass",
        "class Shop(Own): pass",
        "if (test_data := [1]):\n    pass",
        "test_a, test_b = 1, [2]",
        "test_a, test_b = Shop()",
        "TestClient = testclient.TestClient",
        "eval(SOURCE, globals())",
        "@yield_fixture(scope='module')\ndef test_client(): pass",
    ],
)
def test_what_pytest_would_not_run_is_none(source: str) -> None:
    assert not PytestFiles().holds_tests(source.encode())


@pytest.mark.parametrize(
    ("path", "source", "want"),
    [
        (
            "libs/a/test_tools.py",
            "class Base(unittest.TestCase, metaclass=M): pass",
            False,
        ),
        (
            "libs/a/test_tools.py",
            "class Base(unittest.TestCase):\n    def test_b(self): pass",
            True,
        ),
        ("libs/a/test_tools.py", "class Base(Own): pass\nclass TestA(Own): pass", True),
        (
            "libs/a/test_tools.py",
            "def test_odd(value: int) -> bool: return True",
            False,
        ),
        ("libs/a/test_tools.py", "def test_odd(value: int) -> 'None': pass", True),
        ("libs/a/test_tools.py", "def test_odd(value): return value % 2", True),
        ("libs/a/tests/test_b.py", "def test_odd() -> bool: return True", True),
        (
            "libs/a/tests/test_b.py",
            "class Made(unittest.TestCase, metaclass=M): pass",
            True,
        ),
    ],
)
def test_what_is_for_others_is_no_test_outside_a_folder_of_tests(
    path: str, source: str, want: bool
) -> None:
    assert PytestFiles().takes(path, source.encode()) is want


@pytest.mark.parametrize(
    ("source", "want"),
    [
        ("from libs.cases import Suite\nclass CheckShop(Suite): pass", True),
        ("from .cases import Suite\nclass CheckShop(Suite): pass", True),
        ("import cases\nclass CheckShop(cases.Suite[int], ABC): pass", True),
        ("from unittest import TestCase as T\nclass CheckShop(T): pass", True),
        ("def f(:", True),
        ("from cases import Suite\n__test__ = False\nclass A(Suite): pass", False),
        ("class A(Suite):\n    __test__ = False\nclass B(A): pass", False),
        ("from threading import Thread\nclass A(Thread): pass", False),
        ("import threading\nclass A(threading.Thread): pass", False),
        (
            "from typing import Generic\nclass A(Generic[T]): pass\nclass B(A): pass",
            False,
        ),
        ("class A: pass\nclass B(A): pass", False),
    ],
)
def test_class_may_inherit_tests_from_what_is_not_in_its_file(
    source: str, want: bool
) -> None:
    for path in ("libs/a/tests/test_b.py", "libs/a/test_b.py"):
        assert PytestFiles().takes(path, source.encode()) is want
    assert not PytestFiles().takes("libs/a/tests/cases.py", source.encode())


def test_a_source_in_another_encoding_is_read_as_python_reads_it() -> None:
    source = "# coding: latin-1\ndef test_é(): pass".encode("latin-1")

    assert PytestFiles().holds_tests(source)


@pytest.mark.parametrize("table", ["tool.pytest", "tool.pytest.ini_options"])
def test_settings_are_those_of_pytest(table: str) -> None:
    got = read_pytest_files(
        f'[{table}]\npython_files = ["check_*.py"]\npython_functions = "check it_*"\n'
    )

    assert got.is_named_so("a/check_x.py")
    assert not got.is_named_so("a/test_x.py")
    assert got.holds_tests(b"def checks(): pass")
    assert got.holds_tests(b"def it_works(): pass")
    assert not got.holds_tests(b"def test_a(): pass")


def test_without_settings_pytests_own_hold() -> None:
    assert read_pytest_files("") == PytestFiles()
