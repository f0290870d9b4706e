"""A project that moves in, and the call that moves it."""

from collections.abc import Mapping
from pathlib import Path

from tools.adopt.adopt import main
from tools.fix.tests.repositories import Repository

PROJECT = {
    "pyproject.toml": (
        '[project]\nname = "price-list"\nversion = "1.0"\ndescription = "Prices."\n'
        'dependencies = ["numpy", "pyyaml"]\n'
        'optional-dependencies.test = ["anyio", "pytest"]\n'
        "[tool.pytest.ini_options]\nmarkers = ['slow']\n[tool.ruff]\nfix = true\n"
    ),
    "README.md": "# Prices\n",
    "noxfile.py": "import nox\n",
    "src/prices/__init__.py": "import numpy\n__slots__ = ('b', 'a')\n",
    "src/prices/rates.csv": "1\n",
    "src/prices/py.typed": "",
    "tests/__init__.py": "",
    "tests/conftest.py": "import pytest\n",
    "tests/test_prices.py": "import pytest, prices\n\ndef test_a(): open('README.md')\n",
    "tests/test_async.py": "import prices\n\n@pytest.mark.anyio\ndef test_a(): pass\n",
    "tests/data/a.txt": "a\n",
}


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Write files below a folder, and return it."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def adopt(repository: Repository, *arguments: str | Path) -> int:
    """Move a project in, and return the exit code."""
    programs = repository.programs
    named = [f"--{name}={path}" for name, path in vars(programs).items()]
    return main([*named, *map(str, arguments)])
