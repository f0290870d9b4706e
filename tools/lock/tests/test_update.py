"""Tests of the update: what it takes, what it refuses, and that it leaves a lock whole."""

from datetime import UTC, datetime, timedelta

import pytest

from tools.lock import update
from tools.lock.inputs import read_inputs
from tools.lock.pins import LOCK, read_pins
from tools.lock.seals import seal
from tools.lock.tests.repository import MODULE, Repository, refused
from tools.lock.update import changes, parse_arguments

KEPT = "requirements_lock.txt is as it was.\n"


def test_the_solution_is_sealed_entry_by_entry(repository: Repository) -> None:
    repository.index.add("aaa", "1.0", "bbb[x]>=1")
    repository.index.add("bbb", "1.0")
    repository.write("requirements.in", "aaa  # why\n")

    assert repository.update() == 0

    asked = read_inputs("aaa\n")
    pins = read_pins(repository.lock)
    assert repository.pins == ["aaa==1.0", "bbb[x]==1.0"]
    assert [pin.seal for pin in pins] == [seal(pin, asked, "3.14") for pin in pins]
    assert [pin.via for pin in pins] == [["-r requirements.in"], ["aaa"]]


HASH = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    "lock",
    [
        b"",
        b"<<<<<<< HEAD\naaa==1.0\n=======\naaa==0.9\n>>>>>>> other\n",
        b"aaa==1.0 --hash=sha512:" + b"0" * 128 + b"\n",
        b"aaa @ http://127.0.0.1/aaa.whl\n-e ./libs/x\naaa==1.0\n",
        b"aaa==1.0 \\\n    --hash=sha2",
        b"\xef\xbb\xbf# The solution\r\naaa==1.0\r\n",
        b"# caf\xe9\naaa==1.0\n",
        b"\x00\xff\xfe",
        b"aaa==1.0.post.dev.x!\n",
        b"aaa==0.9\n    # without cooldown up to yesterday\n",
        b"aaa==0.9\n    # without cooldown up to 2999-01-01T00:00:00\n",
        b"aaa==" + b"9" * 5000 + b"\naaa==1.0\n",
    ],
    ids=[
        *("empty", "conflict", "sha512", "url", "half", "bom", "latin-1", "binary"),
        *("no-version", "no-moment", "no-zone", "long"),
    ],
)
def test_any_lock_is_solved_anew(repository: Repository, lock: bytes) -> None:
    repository.index.add("aaa", "1.0")
    repository.write("requirements.in", "aaa\n")
    (repository.root / LOCK).write_bytes(lock)

    assert repository.update() == 0
    assert repository.pins == ["aaa==1.0"]
    assert repository.lock.startswith("# The solution of requirements.in for Python")


@pytest.mark.parametrize("inputs", ["", "# nothing\n", None])
def test_nothing_that_is_asked_for_is_an_empty_lock(
    repository: Repository, inputs: str | None
) -> None:
    if inputs is not None:
        repository.write("requirements.in", inputs)

    assert repository.update() == 0
    assert repository.pins == []
    assert repository.lock.startswith("# The solution of requirements.in for Python")


def test_no_lock_at_all_is_solved_anew(repository: Repository) -> None:
    repository.index.add("aaa", "1.0")
    repository.write("requirements.in", "aaa\n")

    assert repository.update() == 0
    assert repository.pins == ["aaa==1.0"]


def test_a_lock_that_is_gone_keeps_the_pins_of_the_last_commit(
    repository: Repository,
) -> None:
    for version in ("1.0", "2.0"):
        repository.index.add("aaa", version)
    repository.write("requirements.in", "aaa\n")
    repository.write(LOCK, "aaa==1.0\n")
    repository.git("init", "--quiet")
    repository.git("add", ".")
    repository.git("commit", "--quiet", "--message", "x")
    (repository.root / LOCK).unlink()

    assert repository.update() == 0
    assert repository.pins == ["aaa==1.0"]


def test_pins_stay_and_both_sides_of_a_conflict_are_kept(
    repository: Repository,
) -> None:
    for name in ("aaa", "bbb", "ccc"):
        for version in ("1.0", "2.0", "3.0"):
            repository.index.add(name, version)
    repository.write("requirements.in", "aaa\nbbb\nccc\n")
    repository.write(
        LOCK,
        "aaa==1.0\n<<<<<<< HEAD\nbbb==1.0\n=======\nbbb==2.0\nccc==1.0\n>>>>>>> x\n",
    )

    assert repository.update() == 0
    assert repository.pins == ["aaa==1.0", "bbb==2.0", "ccc==1.0"]


def test_no_version_is_taken_for_a_later_python(repository: Repository) -> None:
    repository.index.add(
        "aaa",
        "1.0",
        "bbb<2 ; python_version < '3.15'",
        "bbb>=2 ; python_version >= '3.15'",
        "ccc ; sys_platform == 'win32'",
        "ddd ; platform_machine == 'x86_64'",
    )
    for name, version in [("bbb", "1.0"), ("bbb", "2.0"), ("ccc", "1"), ("ddd", "1")]:
        repository.index.add(name, version)
    repository.write("requirements.in", "aaa===1.0\n")

    assert repository.update() == 0
    assert repository.pins == [
        "aaa==1.0",
        "bbb==1.0",
        "ddd==1 ; platform_machine == 'x86_64'",
    ]


def test_local_versions_epochs_and_spellings(repository: Repository) -> None:
    repository.index.add("some-name", "1!2.0+cpu")
    repository.write("requirements.in", "Some_Name == 1!2.0+cpu\nsome.name\n")

    assert repository.update() == 0
    assert repository.pins == ["some-name==1!2.0+cpu"]


def test_a_yanked_release_is_not_taken(repository: Repository) -> None:
    repository.index.add("aaa", "1.0")
    repository.index.yanked.add(repository.index.add("aaa", "2.0"))
    repository.write("requirements.in", "aaa\n")

    assert repository.update() == 0
    assert repository.pins == ["aaa==1.0"]


def test_a_second_version_is_refused_with_who_asks(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.index.add("aaa", "1.0", "bbb>=1")
    repository.index.add("bbb", "1.0")
    repository.index.add("bbb", "2.0")
    repository.write(
        "requirements.in",
        "aaa\nbbb==1.0 ; platform_machine != 'aarch64'\n"
        "bbb==2.0 ; platform_machine == 'aarch64'\n",
    )

    assert refused(repository, capsys) == (
        "requirements.in: bbb would have the versions 1.0 and 2.0, asked for by "
        "requirements.in:2, requirements.in:3, aaa.\n"
        f"Fix: make those agree on one version for every platform.\n{KEPT}"
    )


def test_a_requirement_that_holds_nowhere_is_refused(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.index.add("aaa", "1.0")
    repository.write("requirements.in", "aaa\n\nccc ; sys_platform == 'win32'\n")

    assert refused(repository, capsys) == (
        "requirements.in:3: \"ccc ; sys_platform == 'win32'\" holds nowhere that the "
        f"lock is for: Linux and macOS, with our Python.\nFix: take the line out.\n{KEPT}"
    )


def test_what_is_used_does_not_leave(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.index.add("bbb", "1.0")
    repository.write("requirements.in", "bbb\n")
    repository.git("init", "--quiet")
    repository.write("libs/x/words.py", "import os\n\nfrom aaa.part import name\n")
    repository.write(
        "libs/x/BUILD.bazel", 'py_library(\n    deps = ["@pip//aaa"],\n)\n'
    )
    repository.write(
        "tools/imports/distributions/distributions.txt", "# map\naaa @pip//aaa\n"
    )

    assert refused(repository, capsys) == (
        "aaa would leave the lock, and is used:\n"
        "  libs/x/BUILD.bazel:2: names @pip//aaa\n"
        "  libs/x/words.py:3: imports aaa\n"
        f"Fix: take these out first, or keep aaa in requirements.in.\n{KEPT}"
    )


def test_distributions_that_need_each_other_are_named_until_bazel_knows(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.index.add("one-a", "1", "one-b")
    repository.index.add("one-b", "1", "one-a")
    repository.write("requirements.in", "one-a\n")
    edit = 'experimental_requirement_cycles = {"one_a": ["one-a", "one-b"]}'

    assert refused(repository, capsys) == (
        "requirements_lock.txt: one-a and one-b need each other.\n"
        f"Fix: give pip.parse in MODULE.bazel this group: {edit}\n{KEPT}"
    )
    repository.write("MODULE.bazel", MODULE.replace(")", f", {edit})"))
    assert repository.update() == 0


def test_strong_hashes_are_enough_and_weak_ones_are_not(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.index.add("aaa", "1.0")
    repository.write("requirements.in", "aaa\n")
    repository.index.algorithm = "md5"

    assert refused(repository, capsys) == (
        "requirements_lock.txt: the index gives no SHA-256, -384 or -512 for aaa.\n"
        f"Fix: upload it to an index that does.\n{KEPT}"
    )


def test_a_release_of_the_last_days_is_left_out_until_it_is_asked_for(
    repository: Repository,
) -> None:
    repository.index.add("aaa", "1.0")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    repository.index.uploaded = yesterday.isoformat()
    repository.write("requirements.in", "aaa\n")

    assert repository.update() == 1
    assert repository.update("--no-cooldown", "Aaa") == 0
    (pin,) = read_pins(repository.lock)
    assert pin.young_until
    # It stays in by itself, and its moment stays the same.
    assert repository.update() == 0
    assert read_pins(repository.lock)[0].young_until == pin.young_until


def test_lines_that_cannot_be_locked_are_all_named(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("requirements.in", "-e ./libs/x\naaa @ http://joe:pw@h/a.whl\n")

    assert refused(repository, capsys) == (
        "requirements.in:1: found '-e ./libs/x': this is a target, wanted a "
        "distribution by name.\nFix: depend on the target by its label.\n"
        "requirements.in:2: found 'aaa @ http://***@h/a.whl': this is an address, "
        "wanted a distribution by name.\n"
        f"Fix: upload the file to your index, ask by name.\n{KEPT}"
    )


def test_an_interrupt_leaves_the_lock(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(update, "solve", interrupted)
    repository.write("requirements.in", "aaa\n")
    repository.write(LOCK, "aaa==0.1\n")

    assert repository.update() == 130
    assert repository.lock == "aaa==0.1\n"
    assert capsys.readouterr().err == f"Stopped. {KEPT}"


def test_a_folder_that_cannot_be_written_is_told(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.index.add("aaa", "1.0")
    repository.write("requirements.in", "aaa\n")
    # Root may write anywhere, but not over a folder.
    (repository.root / f".{LOCK}.half").mkdir()

    assert repository.update() == 1
    assert capsys.readouterr().err == (
        "requirements_lock.txt: can't be written: Is a directory.\n"
        "Fix: make the folder writable, then run the same command again.\n"
        f"{KEPT}"
    )


def test_arguments_of_a_person_reach_the_wish() -> None:
    now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    argv = ["--upgrade-package", "numpy", "--no-cooldown", "Foo_Bar"]

    got = parse_arguments([*argv, "--cooldown-days", "3"], now)

    assert got.upgrade_packages == ("numpy",)
    assert got.no_cooldown == ("foo-bar",)
    assert got.newest == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_changed_versions_are_named() -> None:
    assert changes("a==1\nb==1\n", "b==2\nc==1\n") == [
        "a: 1 -> -",
        "b: 1 -> 2",
        "c: - -> 1",
    ]


def test_tools_are_told_the_python_of_the_lock(repository: Repository) -> None:
    repository.index.add("aaa", "1.0")
    repository.write("requirements.in", "aaa\n")
    repository.write("MODULE.bazel", 'PYTHON = "3.14"\npip.parse(hub_name = "pip")\n')
    settings = '[tool.black]\ntarget-version = ["py{}"]\n[x]\npython-version = "{}"\n'
    repository.write("pyproject.toml", settings.format("313", "3.13"))

    assert repository.update() == 0

    path = repository.root / "pyproject.toml"
    assert path.read_text(encoding="utf-8") == settings.format("314", "3.14")
    assert "for Python 3.14, " in repository.lock
