"""Tests of which files move in."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.adopt.layout import files_of, read_layout


def lay_out(root: Path, files: Mapping[str, str]) -> list[str]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return files_of(root)


@pytest.mark.parametrize(
    "package",
    [
        "src/price/__init__.py",
        "price/__init__.py",
        "price.py",
        "price/a.py",
        "lib/price/__init__.py",
    ],
)
def test_sources_and_tests_move_and_the_rest_of_python_stays(
    tmp_path: Path, package: str
) -> None:
    moving = {package, "tests/test_a.py", "conftest.py", "README.md", "docs/index.md"}
    staying = {"docs/conf.py", "noxfile.py", "setup.py", "uv.lock", "tools/__init__.py"}
    files = lay_out(tmp_path, dict.fromkeys(moving | staying, ""))

    layout = read_layout(tmp_path, "price", files)

    assert set(layout.moved) == moving
    assert set(layout.left) == staying
    assert layout.root == {"src": "src", "lib": "lib"}.get(
        package.split("/", maxsplit=1)[0], ""
    )
    assert layout.published[0] == (["price"] if "/" in package else [])


def test_a_package_of_another_name_in_a_folder_is_found_by_its_tests(
    tmp_path: Path,
) -> None:
    texts = {"lib/soup/__init__.py": "", "tests/test_a.py": "import soup.b, pytest\n"}
    files = lay_out(tmp_path, {**texts, "other/more.py": ""})

    layout = read_layout(tmp_path, "beautiful", files)

    assert (layout.root, layout.left) == ("lib", ["other/more.py"])


def test_what_is_imported_comes_along(tmp_path: Path) -> None:
    files = lay_out(
        tmp_path,
        {
            "price/__init__.py": "",
            "tests/test_a.py": "import examples.shop\nimport pytest\n",
            "examples/shop.py": "from helper import x\n",
            "helper.py": "",
            "other.py": "",
        },
    )

    assert read_layout(tmp_path, "price", files).left == ["other.py"]


def test_what_tools_leave_is_no_file_of_the_project(tmp_path: Path) -> None:
    files = lay_out(
        tmp_path,
        dict.fromkeys(
            [
                "a.py",
                "__pycache__/a.pyc",
                ".venv/b.py",
                "a.egg-info/PKG-INFO",
                ".coverage",
            ],
            "",
        ),
    )

    assert files == ["a.py"]


def test_a_source_that_is_no_python_moves_all_the_same(tmp_path: Path) -> None:
    files = lay_out(tmp_path, {"src/a.py": "print 1\n"})

    assert read_layout(tmp_path, "a", files).sources == ["src/a.py"]
