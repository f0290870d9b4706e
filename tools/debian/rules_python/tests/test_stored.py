"""What clones share of a repository's files, and what each of them keeps."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

STORED = "tools/debian/modules/rules_python/python/private/stored.sh"
MONTH = 31 * 24 * 3600
PROGRAM = """\
import sys
from pathlib import Path

folder = Path(sys.argv[1])
request = (folder / "request.json").read_text()
if request == "bad":
    print("no such wheel", file=sys.stderr)
    sys.exit(3)
(folder / "site-packages").mkdir()
(folder / "site-packages/module.py").write_text(request)
(folder / "site-packages/module.py").chmod(0o755)
print(f'"{request}"')
"""


class Clones:
    """A user's clones, each with one repository, and the store that they share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.program = folder / "program.py"
        self.program.write_text(PROGRAM)

    def fetch(self, clone: str, request: str = "1") -> Path:
        """Fetch the repository in a clone; return its folder."""
        repository = self.folder / clone
        repository.mkdir(exist_ok=True)
        (repository / "request.json").unlink(missing_ok=True)
        (repository / "request.json").write_text(request)
        command = [Path(STORED).absolute(), self.store, sys.executable, self.program]
        subprocess.run(
            command,
            cwd=repository,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return repository

    def entries(self) -> list[Path]:
        """Return what the store holds."""
        return sorted(self.store.iterdir())

    def age(self, entry: Path, seconds: int) -> None:
        """Have an entry been asked for so long ago."""
        then = time.time() - seconds
        os.utime(entry / "report.json", (then, then))


@pytest.fixture
def clones(tmp_path: Path) -> Clones:
    return Clones(tmp_path)


def test_clones_have_the_same_files_read_only(clones: Clones) -> None:
    first, second = clones.fetch("first"), clones.fetch("second")

    (entry,) = clones.entries()
    for repository in (first, second):
        module = repository / "site-packages/module.py"
        assert module.samefile(entry / "site-packages/module.py")
        assert oct(module.stat().st_mode)[-3:] == "555"
        assert (repository / "report.json").read_text() == '"1"\n'


def test_another_request_or_program_makes_another_entry(clones: Clones) -> None:
    clones.fetch("first")
    second = clones.fetch("second", "2")
    clones.program.write_text(f"{PROGRAM}\n# Newer.\n")
    clones.fetch("third")

    assert len(clones.entries()) == 3
    assert (second / "site-packages/module.py").read_text() == "2"


def test_a_repository_is_fetched_again_over_the_old_one(clones: Clones) -> None:
    clones.fetch("first")
    repository = clones.fetch("first", "2")

    assert (repository / "report.json").read_text() == '"2"\n'
    assert (repository / "site-packages/module.py").read_text() == "2"


def test_a_program_that_fails_says_so_and_leaves_nothing(clones: Clones) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        clones.fetch("first", "bad")

    assert (failed.value.returncode, failed.value.stderr) == (3, "no such wheel\n")
    assert clones.entries() == []


def test_what_no_clone_has_had_for_a_month_goes(clones: Clones) -> None:
    kept, gone = clones.fetch("kept", "kept"), clones.fetch("gone", "gone")
    entries = clones.entries()
    (gone / "report.json").unlink()
    clones.fetch("young", "young")
    assert set(entries) < set(clones.entries())
    for entry in entries:
        clones.age(entry, MONTH)

    clones.fetch("another", "another")

    left = {(entry / "request.json").read_text() for entry in clones.entries()}
    assert left == {"kept", "young", "another"}
    assert (gone / "site-packages/module.py").read_text() == "gone"
    assert (kept / "site-packages/module.py").read_text() == "kept"


def test_what_an_interrupted_fetch_left_goes(clones: Clones) -> None:
    clones.store.mkdir()
    left = clones.store / "unfinished.123456"
    left.mkdir()
    then = time.time() - MONTH
    os.utime(left, (then, then))

    clones.fetch("first")

    assert not left.exists()
