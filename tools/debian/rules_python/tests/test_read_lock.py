"""Tests of what the module extension takes of a lock, and of what it says of one that it can't read."""

import json
import sys
from pathlib import Path

import pytest
import read_lock

HASH = f"--hash=sha256:{'A' * 64}"
UPDATE = "Fix: bazel run //:requirements.update"


def read(folder: Path, lock: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a lock as Bazel has it read."""
    path = folder / "requirements_lock.txt"
    if lock is not None:
        path.write_bytes(lock)
    arguments = [str(path), "lock", "linux_x86_64", "linux_aarch64"]
    monkeypatch.setattr(sys, "argv", ["read_lock.py", *arguments])
    read_lock.main()


def test_entries_that_hold_here_are_printed_by_name(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    strong = f"--hash=sha512:{'0' * 128}"
    lock = (
        f"# a comment\r\nzoo.Keeper[b,a]==1.0 \\\r\n    {HASH}  # via x\r\n\r\n"
        f"ant===2 ; sys_platform == 'linux' {strong}\n"
        f"win==3 ; sys_platform == 'win32' {HASH}\n"
        f"arm==1 ; platform_machine == 'aarch64' {HASH}\n"
        f"arm==2 ; platform_machine != 'aarch64' {HASH}\n"
    )
    sha256 = [f"sha256:{'a' * 64}"]

    read(tmp_path, lock.encode(), monkeypatch)

    got = {
        entry["key"]: (entry["name"], entry["extras"], entry["pins"])
        for entry in json.loads(capsys.readouterr().out)
    }
    ant = {"version": "2", "hashes": [strong.removeprefix("--hash=")]}
    keeper = {"version": "1.0", "hashes": sha256}
    assert got == {
        "ant": ("ant", [], {"linux_x86_64": ant, "linux_aarch64": ant}),
        "arm": (
            "arm",
            [],
            {
                "linux_x86_64": {"version": "2", "hashes": sha256},
                "linux_aarch64": {"version": "1", "hashes": sha256},
            },
        ),
        "zoo_keeper": (
            "zoo-keeper",
            ["a", "b"],
            {"linux_x86_64": keeper, "linux_aarch64": keeper},
        ),
    }


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        (None, "lock: is missing.\n"),
        (b"caf\xe9==1\n", "lock: isn't UTF-8: "),
        (b"<<<<<<< HEAD\n", "lock:1: the conflict of a merge is unsettled.\n"),
        (b"\n-e ./x\n", "lock:2: not a locked requirement: "),
        (f"a>=1 {HASH}".encode(), "lock:1: a is not pinned: found >=1, wanted "),
        (f"a {HASH}".encode(), "lock:1: a is not pinned: found no version, "),
        (b"a==1 --hash=md5:0\n", "lock:1: not a locked requirement: "),
        (b"a==1 \\\n", "lock:1: a has no hash, wanted --hash=sha256:"),
        (
            f"a==1 {HASH}\na==2 {HASH}\n".encode(),
            "lock:2: a is pinned twice for linux_x86_64: 1 and 2\n",
        ),
    ],
)
def test_lock_that_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lock: bytes | None, wanted: str
) -> None:
    with pytest.raises(SystemExit) as refused:
        read(tmp_path, lock, monkeypatch)

    assert str(refused.value).startswith(wanted)
    assert str(refused.value).endswith(f"\n{UPDATE}")
