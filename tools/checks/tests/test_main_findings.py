"""Tests of main programs that start no test."""

from pathlib import Path

import pytest

from tools.build_files.pytest_files import PytestFiles
from tools.checks.main_findings import main, starts_nothing
from tools.findings.finding import Finding, read_report

TEST = "def test_a():\n    assert False\n"


@pytest.mark.parametrize(
    "source",
    [
        TEST,
        f"import pytest\n{TEST}",
        f'"""Text."""\nLOG = getLogger()\nconfigure()\n{TEST}',
        "import unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n",
        "def main(): pass\n",
        '"""Text."""\n',
        "",
    ],
)
def test_a_program_that_only_defines_starts_nothing(source: str) -> None:
    assert starts_nothing(source.encode(), PytestFiles())


@pytest.mark.parametrize(
    "source",
    [
        f'{TEST}if __name__ == "__main__":\n    test_a()\n',
        f'{TEST}if "__main__" == __name__:\n    test_a()\n',
        f"{TEST}test_a()\n",
        f"import unittest\n{TEST}unittest.main()\n",
        f"{TEST}sys.exit(pytest.main([__file__]))\n",
        "assert 1 + 1 == 2\n",
        "for a in b():\n    assert a\n",
        "def f(:\n",
        "A = " + "-" * 99999 + "1\n",
    ],
)
def test_a_program_that_may_start_something_is_left_alone(source: str) -> None:
    assert not starts_nothing(source.encode(), PytestFiles())


def test_the_report_names_the_target_and_the_fix(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(TEST)
    (tmp_path / "config").write_text("")

    main(
        [
            f"--report={tmp_path}/report",
            f"--config={tmp_path}/config",
            "--target=//libs/a:test_a",
            f"--main=libs/a/a.py={tmp_path}/a.py",
        ]
    )

    assert read_report(tmp_path / "report") == [
        Finding(
            "libs/a/a.py",
            1,
            0,
            "main/no-start",
            "//libs/a:test_a runs it as a program, and it starts nothing: no test of it runs",
            "make it a pytest_test (//tools/testing:defs.bzl), or start the tests below "
            'if __name__ == "__main__".',
            "//libs/a:test_a",
        )
    ]
