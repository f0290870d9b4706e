"""Tests of the hook: when it calls Bazel, and when what Bazel built before will do."""

import subprocess
from pathlib import Path

import pytest

from tools.fix.hook.install_hook import HOOK, HookError, install, main
from tools.fix.tests.repositories import git

# Does as `bazel run` of the program does: it makes the script that starts the program, as old as the hook says.
BAZEL = """#!/bin/sh
echo bazel >>.git/calls
printf '#!/bin/sh\\necho again >>.git/calls\\nexit $(cat .git/exit)\\n' >.git/program
chmod +x .git/program
echo 0 >.git/exit
began=.git/staged-checks.began
[ -e $began ] || : >$began
printf '#!/bin/sh\\n[ -x .git/program ] || exit 127\\nexec .git/program\\n' >$began.new
chmod +x $began.new
touch -r $began $began.new
mv $began.new .git/staged-checks
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "same.py").write_text("A = 1\n")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message=first")
    return tmp_path


def test_hook_is_installed_executable_and_again(root: Path) -> None:
    install(root)

    path = install(root)

    assert path == root / ".git/hooks/pre-commit"
    assert path.read_text() == HOOK
    assert path.stat().st_mode & 0o111


def test_hook_of_another_origin_stays(root: Path) -> None:
    hooks = root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "pre-commit").write_text("#!/bin/sh\nexit 0\n")

    with pytest.raises(HookError, match="stays as it is"):
        install(root)

    assert (hooks / "pre-commit").read_text() == "#!/bin/sh\nexit 0\n"


def test_hook_that_is_no_text_stays(root: Path) -> None:
    hook = root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_bytes(b"\x7fELF\xff\xfe")

    with pytest.raises(HookError, match="stays as it is"):
        install(root)

    assert hook.read_bytes() == b"\x7fELF\xff\xfe"


def test_program_says_where_it_installed_the_hook(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(root))
    git(root, "config", "core.hooksPath", "shared/hooks")

    assert main([]) == 0
    assert capsys.readouterr().out == f"installed {root}/shared/hooks/pre-commit\n"
    assert (root / "shared/hooks/pre-commit").read_text() == HOOK


def test_program_names_a_hook_of_another_origin(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(root))
    hook = root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 0\n")

    assert main([]) == 1
    assert capsys.readouterr().err.startswith(f"{hook} is a hook of another origin")


def test_folder_that_is_no_repository_gets_no_hook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))

    assert main([]) == 1
    assert "git rev-parse --git-path hooks/pre-commit: " in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def commit(root: Path, staged: str, text: str = "A = 3\n") -> int:
    """Stage one file alone, and return how its commit ends."""
    git(root, "reset", "--quiet")
    (root / staged).parent.mkdir(exist_ok=True)
    (root / staged).write_text(text)
    git(root, "add", staged)
    return git(root, "commit", "--quiet", "--message=x", check=False)


@pytest.fixture
def hooked(root: Path) -> Path:
    """Return a repository with the hook, and with a Bazel that stands for the program, which it makes."""
    install(root)
    (root / "tools").mkdir()
    (root / "tools/part.bzl").write_text("A = 1\n")
    (root / "MODULE.bazel").write_text("A = 1\n")
    bazelw = root / "bazelw"
    bazelw.write_text(BAZEL)
    bazelw.chmod(0o755)
    return root


@pytest.mark.parametrize(
    ("staged", "started"),
    [
        ("staged.py", True),
        ("sub/BUILD.bazel", True),
        ("bär.py", True),
        ("notes.md", False),
    ],
)
def test_hook_starts_bazel_for_what_it_checks(
    hooked: Path, staged: str, *, started: bool
) -> None:
    commit(hooked, staged)

    assert (hooked / ".git/calls").exists() == started


def test_hook_calls_bazel_once_while_nothing_changes(hooked: Path) -> None:
    assert commit(hooked, "sub/first.py") == 0
    assert commit(hooked, "sub/first.py", "A = 4\n") == 0
    assert commit(hooked, "sub/other.py") == 0

    assert (hooked / ".git/calls").read_text() == "bazel\nagain\nagain\n"


def test_finding_of_the_program_stops_the_commit(hooked: Path) -> None:
    commit(hooked, "sub/first.py")
    (hooked / ".git/exit").write_text("1")

    assert commit(hooked, "sub/first.py", "A = 4\n") == 1


@pytest.mark.parametrize(
    "change",
    [
        "echo 'A = 2' > tools/part.bzl",
        "touch -d '2001-01-01' tools/part.bzl",
        "rm tools/part.bzl",
        "echo new > tools/new.py",
        "echo 'A = 2' > MODULE.bazel",
        "rm MODULE.bazel",
        "echo 'build --config=x' > .bazelrc.user",
        "git checkout --quiet HEAD~3",
        "rm .git/program",
    ],
)
def test_hook_calls_bazel_after_a_change_of_what_the_program_is_made_of(
    hooked: Path, change: str
) -> None:
    git(hooked, "add", "tools", "MODULE.bazel", "bazelw")
    git(hooked, "commit", "--quiet", "--no-verify", "--message=tools")
    (hooked / "tools/part.bzl").write_text("A = 2\n")
    git(hooked, "commit", "--quiet", "--no-verify", "--all", "--message=changed")
    commit(hooked, "sub/first.py")
    git(hooked, "reset", "--quiet", "--hard")
    subprocess.run(["./bazelw"], cwd=hooked, check=True, timeout=30)
    assert commit(hooked, "sub/second.py") == 0
    calls = (hooked / ".git/calls").read_text()

    subprocess.run(["sh", "-c", change], cwd=hooked, check=True, timeout=30)
    commit(hooked, "sub/third.py")

    assert (hooked / ".git/calls").read_text() == f"{calls}bazel\n"
