"""Tests that a project can be published: its wheel is installed as from an index."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

WHEEL = Path("tools/adopt/tests/price_list-1.2-py3-none-any.whl")
METADATA = """\
Metadata-Version: 2.1
Name: price-list
Author: Ann
License: MIT
Description-Content-Type: text/markdown
Summary: Is installed for a test.
Project-URL: Docs, https://docs.example
Classifier: Typing :: Typed
Requires-Python: >=3.9
Requires-Dist: packaging
Provides-Extra: fast
Requires-Dist: numpy>=2; (extra == "fast") and extra == 'fast'
Version: 1.2

# Prices

"""
SAID = """\
import json
from importlib.metadata import distribution

import price_list

found = distribution("price-list")
print(json.dumps([price_list.__file__, found.version, found.requires]))
"""


def test_it_holds_what_is_published_and_no_more() -> None:
    with zipfile.ZipFile(WHEEL) as wheel:
        assert sorted(wheel.namelist()) == [
            "price_list-1.2.dist-info/METADATA",
            "price_list-1.2.dist-info/RECORD",
            "price_list-1.2.dist-info/WHEEL",
            "price_list-1.2.dist-info/entry_points.txt",
            "price_list.py",
        ]
        assert wheel.read("price_list-1.2.dist-info/METADATA").decode() == METADATA


def test_it_is_installed_into_a_venv(tmp_path: Path) -> None:
    uv = next(file for file in os.environ["UV_FILES"].split() if file.endswith("/uv"))
    venv = tmp_path / "venv"
    environ = {"PATH": "/usr/bin:/bin", "UV_CACHE_DIR": str(tmp_path / "cache")}
    into = ["--offline", "--no-deps", "--python", str(venv / "bin/python")]

    def run(
        *command: str | Path, exit_code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == exit_code, done.stderr
        return done

    run(uv, "venv", "--offline", "--python", sys.executable, venv)
    run(uv, "pip", "install", *into, WHEEL)

    file, version, requires = json.loads(run(venv / "bin/python", "-c", SAID).stdout)
    assert Path(file).is_relative_to(venv)
    assert version == "1.2"
    assert requires == [
        "packaging",
        "numpy>=2; (extra == \"fast\") and extra == 'fast'",
    ]
    # What a function returns is what its program exits with.
    assert run(venv / "bin/prices", exit_code=1).stderr == "1.2\n"
