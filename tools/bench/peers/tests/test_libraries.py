"""Tests of the generated libraries."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tools.bench.peers import libraries


def test_all_but_the_first_stand_on_it() -> None:
    for number in range(1, 50):
        used = libraries.used_by(number)
        assert used
        assert all(other < number for other in used)
    assert libraries.used_by(0) == []


@pytest.mark.parametrize("layout", ["ours", "theirs"])
def test_generated_tests_pass_before_and_after_an_edit(
    tmp_path: Path, layout: str
) -> None:
    if layout == "ours":
        libraries.write_ours(tmp_path, 6)
        roots, folder = [tmp_path], tmp_path / libraries.OURS
    else:
        libraries.write_theirs(tmp_path, 6, {"test": "pytest"})
        folder = tmp_path / "packages"
        roots = list(folder.glob("*/src"))

    def total() -> str:
        prefix = "tools.peers." if layout == "ours" else ""
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                f"from {prefix}p0005.api import total as t\nprint(t(1))",
            ],
            env={
                "PYTHONPATH": ":".join(map(str, roots)),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    before = total()
    for revision in (1, 2):
        libraries.edit(folder / "p0000", "core.py", revision)
        libraries.edit(folder / "p0005", "test_p0005.py", revision)

    assert total() == before
    assert "+ 0 + 2 - 2" in next(folder.rglob("p0000/**/core.py")).read_text()
    tests = next(folder.rglob("test_p0005.py")).read_text()
    assert "amount(1) == 5 + 2 - 2 + 1" in tests


def test_every_source_is_python(tmp_path: Path) -> None:
    libraries.write_ours(tmp_path, 4)
    libraries.write_theirs(tmp_path, 4, {})

    sources = list(tmp_path.rglob("*.py"))

    assert len(sources) == 4 * 4 + 4 * 5
    assert all(
        ast.parse(source.read_text()) for source in sources if source.stat().st_size
    )
