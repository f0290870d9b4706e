"""Tests of the validation of what a `py_test` starts."""

from pathlib import Path

import pytest
import validate_test_main as validation

TEST = "def test_a():\n    assert False\n"


@pytest.mark.parametrize(
    "source",
    [
        TEST,
        "async def test_a(): pass\n",
        "class A: pass\n",
        f'"""Text."""\nfrom a import b\nA = 1\nB: int\nassert A\n{TEST}',
        f"if TYPE_CHECKING:\n    import a\nelse:\n    b = 1\n{TEST}",
        f"try:\n    import a\nexcept ImportError:\n    a = None\nfinally:\n    pass\n{TEST}",
        f'{TEST}if __name__ == "__main__":\n    pass\n',
    ],
)
def test_a_program_of_definitions_runs_nothing(source: str) -> None:
    assert validation.only_defines(source.encode())


@pytest.mark.parametrize(
    "source",
    [
        f"{TEST}test_a()\n",
        f"{TEST}CODE = main()\n",
        f"{TEST}assert check()\n",
        f'{TEST}if __name__ == "__main__":\n    main()\n',
        f"{TEST}if wanted():\n    pass\n",
        f"{TEST}try:\n    pass\nexcept ValueError:\n    main()\n",
        f"{TEST}for a in b:\n    pass\n",
        "import suite\n",
        "",
        "def f(:\n",
        "A = " + "-" * 99999 + "1\n",
    ],
)
def test_a_program_that_may_run_something_is_left_alone(source: str) -> None:
    assert not validation.only_defines(source.encode())


def test_the_error_names_the_test_its_program_and_the_fix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, output = tmp_path / "a.py", tmp_path / "output"
    source.write_text(TEST)

    got = validation.main(["//libs/a:test_a", "libs/a/a.py", str(source), str(output)])

    assert (got, output.exists()) == (1, False)
    assert capsys.readouterr().err == (
        "//libs/a:test_a runs libs/a/a.py, which only defines functions or classes: "
        "no test of it runs.\n"
        'Fix: start the tests below if __name__ == "__main__", or name a main that starts them.\n'
    )


def test_a_program_that_runs_leaves_an_empty_file(tmp_path: Path) -> None:
    source, output = tmp_path / "a.py", tmp_path / "output"
    source.write_text(f"{TEST}test_a()\n")

    got = validation.main(["//libs/a:test_a", "libs/a/a.py", str(source), str(output)])

    assert (got, output.read_bytes()) == (0, b"")
