"""Tests of the guard, in a Python process that starts with it as one that a test starts does."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.testing.workspace_guard import sitecustomize

GUARD = "tools/testing/workspace_guard/sitecustomize.py"
REFUSED = (
    "//libs:test opens {path} in the workspace, and doesn't declare it: an edit there "
    "wouldn't run it again.\n"
    "Fix: add {path} to data, and open the path from the root, where tests start.\n"
)


@dataclass(frozen=True)
class Scene:
    """A workspace, and the runfiles of a test: links into it."""

    workspace: Path
    main: Path
    log: Path

    def declare(self, path: str, link: str = "") -> None:
        """Link a file or folder of the workspace, maybe under another name."""
        target = self.main / (link or path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(self.workspace / path)

    def run(self, code: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run a program in the runfiles; `W` is the workspace."""
        return subprocess.run(
            [sys.executable, *options, "-c", f"W = {str(self.workspace)!r}\n{code}"],
            cwd=self.main,
            env={
                "PYTHONPATH": str((self.main / GUARD).parent),
                "TEST_TARGET": "//libs:test",
                sitecustomize.LOG: str(self.log),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    def opened(self) -> str:
        """Return what was noted."""
        return self.log.read_text() if self.log.exists() else ""


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    workspace, main = tmp_path / "workspace", tmp_path / "test.runfiles/_main"
    for path in ("libs/a.txt", "libs/b.txt", "libs/folder/deep/c.txt"):
        (workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (workspace / path).write_text(path)
    (workspace / GUARD).parent.mkdir(parents=True)
    shutil.copy(sitecustomize.__file__, workspace / GUARD)
    made = Scene(workspace, main, tmp_path / "log")
    made.declare(GUARD)
    made.declare("libs/a.txt")
    made.declare("libs/folder")
    made.declare("libs/b.txt", "../other_repository/renamed.txt")
    (tmp_path / "link").symlink_to(workspace)
    return made


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("open(W + '/libs/x.txt')", "libs/x.txt"),
        ("open((W + '/libs/x.txt').encode())", "libs/x.txt"),
        ("import pathlib; pathlib.Path(W, 'libs/x.txt').read_text()", "libs/x.txt"),
        ("import os; os.open(W + '/libs/x.txt', 0)", "libs/x.txt"),
        ("open('../../workspace/libs/x.txt')", "libs/x.txt"),
        (
            "import sqlite3; sqlite3.connect(f'file:{W}/libs/%78.txt?mode=ro', uri=True)",
            "libs/x.txt",
        ),
        ("open('../../link/libs/x.txt')", "libs/x.txt"),
        ("open(W + '/../test.runfiles/../workspace/x.txt')", "x.txt"),
        ("import os; os.listdir(W + '/libs')", "libs"),
        ("import os; os.scandir(W + '/libs')", "libs"),
        ("import os; os.chdir(W + '/libs')", "libs"),
        ("import sqlite3; sqlite3.connect(W + '/x.db')", "x.db"),
        ("import subprocess; subprocess.run([W + '/x.sh'])", "x.sh"),
        ("import subprocess; subprocess.run(['true'], cwd=W + '/libs')", "libs"),
        ("import os; os.link(W + '/libs/x.txt', '../x')", "libs/x.txt"),
        ("import os; os.symlink(W + '/libs/x.txt', 'libs/x.txt')", "libs/x.txt"),
        ("import os; os.symlink((W + '/x').encode(), b'x')", "x"),
        (
            "import pathlib; pathlib.Path('libs/x').symlink_to('../../../workspace/x')",
            "x",
        ),
        (
            "import os; os.symlink('/', 'root'); open(f'{os.getcwd()}/root{W}/x.txt')",
            "x.txt",
        ),
        (
            "import threading\n"
            "t = threading.Thread(target=open, args=[W + '/libs/x.txt'])\n"
            "t.start(); t.join(); raise SystemExit(1)",
            "libs/x.txt",
        ),
    ],
)
def test_what_is_not_declared_is_refused(scene: Scene, code: str, path: str) -> None:
    got = scene.run(code)

    assert got.returncode == 1
    assert f"PermissionError: {REFUSED.format(path=path)}" in got.stderr
    assert scene.opened() == REFUSED.format(path=path)


def test_output_that_is_not_declared_is_refused(scene: Scene) -> None:
    made = scene.workspace.parent / "out/made.txt"
    made.parent.mkdir()
    made.write_text("made")
    (scene.workspace / "bazel-bin").symlink_to(made.parent)

    got = scene.run("open(W + '/bazel-bin/made.txt')")

    assert got.returncode == 1
    assert scene.opened() == (
        "//libs:test opens bazel-bin/made.txt in the workspace, and doesn't declare it: "
        "an edit there wouldn't run it again.\n"
        "Fix: add the target that makes it to data, and open the path from the root, where tests start.\n"
    )


def test_what_is_caught_is_noted(scene: Scene) -> None:
    got = scene.run("import os; print(list(os.walk(W)))")

    assert (got.stdout, got.returncode) == ("[]\n", 0)
    assert scene.opened().startswith("//libs:test opens the root in the workspace, and")


@pytest.mark.parametrize(
    "code",
    [
        "print(open('libs/a.txt').read())",
        "import os; print(open(os.path.realpath('libs/a.txt')).read())",
        "import os; print(open(os.path.realpath('libs/folder/deep/c.txt')).read())",
        "import os; print(os.listdir(os.path.realpath('libs/folder')))",
        "import os; real = os.path.realpath('../other_repository/renamed.txt')\n"
        "print(open(real).read())",
        "import os; print(open(os.devnull).read(), os.listdir('..'))",
        "import os; print(os.fdopen(os.pipe()[0]).fileno(), os.listdir())",
        "import os; print(os.path.exists(W + '/libs/x.txt'))",
        "import tempfile; print(tempfile.NamedTemporaryFile())",
        "import os; os.symlink('libs/a.txt', 'x'); print(open(os.path.abspath('x')).read())",
        "import os; os.symlink(W + '/libs/a.txt', '../x'); print(open('../x').read())",
        "import shutil; print(shutil.copytree('libs', 'x', symlinks=True))",
    ],
)
def test_what_is_declared_or_elsewhere_is_open(scene: Scene, code: str) -> None:
    got = scene.run(code)

    assert (got.returncode, got.stderr) == (0, "")
    assert got.stdout
    assert scene.opened() == ""


def test_python_process_of_a_process_is_guarded(scene: Scene) -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', {!r}])"
    inner = code.format(f"open({str(scene.workspace / 'x')!r})")

    scene.run(code.format(inner))

    assert scene.opened() == REFUSED.format(path="x")


def test_other_sitecustomize_is_imported(scene: Scene) -> None:
    folder = scene.main / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("print('other', __file__)\n")
    code = "import os, sys; print(sys.path[1:2] == [os.getcwd() + '/site'])"

    got = subprocess.run(
        [sys.executable, "-c", code],
        cwd=scene.main,
        env={"PYTHONPATH": f"{(scene.main / GUARD).parent}:{folder}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert got.stderr == ""
    assert got.stdout == f"other {folder}/sitecustomize.py\nTrue\n"


def test_copied_inputs_need_no_guard(tmp_path: Path) -> None:
    file = tmp_path / "execroot/_main" / GUARD
    file.parent.mkdir(parents=True)
    file.touch()
    link = tmp_path / "execroot/_main/bazel-out/bin/test.runfiles/_main" / GUARD
    link.parent.mkdir(parents=True)
    link.symlink_to(file)

    assert sitecustomize.find_workspace(str(file))[0] == ""
    assert sitecustomize.find_workspace(str(link))[0] == ""


@pytest.mark.parametrize("name", ["os.path.islink", "os.lstat", "os.readlink"])
def test_what_a_test_patches_is_not_called(scene: Scene, name: str) -> None:
    code = f"import os.path\ndef fail(*_, **__): raise RuntimeError\n{name} = fail\n"

    done = scene.run(f"{code}open(W + '/libs/a.txt')")

    assert (done.returncode, done.stderr) == (0, "")
