"""Tests of choosing the line of supply."""

import pytest

from tools.debian.tests.machine import Machine

SERVING = 'if [[ $1 == --version ]]; then echo "bazel 8.7.0"; else echo "ran: $*"; fi'
OFFLINE = 'if [[ $1 == --version ]]; then echo "bazel 8.7.0"; else exit 1; fi'
OLDER = "echo bazel 6.0.0"
DEBIAN = '#!/bin/bash\necho "debian: $*"\n'


@pytest.fixture
def chooser(machine: Machine) -> Machine:
    """Return a machine whose Debian line says what it was asked."""
    (machine.root / "tools/debian/bazel").write_text(DEBIAN, "utf-8")
    (machine.root / ".bazelversion").write_text("8.7.0\n", "utf-8")
    return machine


def test_unknown_line_is_named_with_the_allowed_ones(chooser: Machine) -> None:
    chooser.environ["MONOREPO_SUPPLY"] = "maven"

    status, out, err = chooser.run(chooser.root / "bazelw", "info")

    assert (status, out) == (2, "")
    assert err == (
        "bazelw: MONOREPO_SUPPLY has an unknown value.\n"
        'bazelw: found "maven", wanted "public" or "debian".\n'
        "bazelw: Fix: unset MONOREPO_SUPPLY, or set it to one of them.\n"
    )


def test_named_public_line_without_bazel_says_what_to_install(chooser: Machine) -> None:
    chooser.environ["MONOREPO_SUPPLY"] = "public"

    status, _, err = chooser.run(chooser.root / "bazelw", "info")

    assert status == 2
    assert (
        "found no bazelisk or bazel on the PATH, wanted one that serves Bazel 8.7.0."
        in err
    )


def test_named_debian_line_that_was_deleted_says_how_to_mend(chooser: Machine) -> None:
    chooser.environ["MONOREPO_SUPPLY"] = "debian"
    (chooser.root / "tools/debian/bazel").unlink()

    status, _, err = chooser.run(chooser.root / "bazelw", "info")

    assert status == 2
    assert "Fix: git checkout -- tools/debian, or unset MONOREPO_SUPPLY." in err


def test_bazelisk_goes_before_bazel_and_gets_every_argument(chooser: Machine) -> None:
    chooser.environ["MONOREPO_SUPPLY"] = "public"
    chooser.fake("bazel", "exit 1")
    chooser.fake("bazelisk", """printf '[%s]' "$@" """)

    status, out, err = chooser.run(
        chooser.root / "bazelw", "test", "//...", "--test_arg=a b", ""
    )

    assert (status, out, err) == (0, "[test][//...][--test_arg=a b][]", "")


def test_bazel_that_serves_is_asked_once_and_remembered(chooser: Machine) -> None:
    chooser.fake("bazel", SERVING)

    first = chooser.run(chooser.root / "bazelw", "info")
    second = chooser.run(chooser.root / "bazelw", "info")

    assert first[:2] == (0, "ran: info\n")
    assert 'taking the supply line "public"' in first[2]
    assert second == (0, "ran: info\n", "")
    assert len(chooser.calls("bazel")) == 4


@pytest.mark.parametrize("body", [OFFLINE, OLDER], ids=["offline", "older"])
def test_bazel_that_cannot_serve_leaves_the_debian_line(
    chooser: Machine, body: str
) -> None:
    chooser.fake("bazel", body)

    first = chooser.run(chooser.root / "bazelw", "info")
    asked = len(chooser.calls("bazel"))
    second = chooser.run(chooser.root / "bazelw", "info")

    assert first[:2] == (0, "debian: info\n")
    assert second == (0, "debian: info\n", "")
    assert len(chooser.calls("bazel")) == asked


def test_new_bazel_on_the_path_is_asked_though_a_choice_is_remembered(
    chooser: Machine,
) -> None:
    assert chooser.run(chooser.root / "bazelw", "info")[1] == "debian: info\n"
    chooser.fake("bazel", SERVING)

    got = chooser.run(chooser.root / "bazelw", "info")

    assert got[1] == "ran: info\n"


def test_machine_that_neither_line_can_serve_gets_one_message(chooser: Machine) -> None:
    (chooser.folder / "bin/apt-get").unlink()
    chooser.fake("bazel", OLDER)

    status, out, err = chooser.run(chooser.root / "bazelw", "info")

    assert (status, out) == (2, "")
    assert "bazelw: nothing here can supply Bazel 8.7.0.\n" in err
    assert (
        "can't serve it from the public registry, and no Debian-family machine" in err
    )
    assert not (chooser.cache / "supply").exists()


def test_link_to_the_program_serves_its_own_workspace_and_is_no_bazel(
    chooser: Machine,
) -> None:
    (chooser.folder / "bin/bazel").symlink_to("../work space/bazelw")
    (chooser.root / "libs").mkdir()

    got = chooser.run(chooser.folder / "bin/bazel", "info", cwd=chooser.root / "libs")

    assert got[:2] == (0, "debian: info\n")


def test_program_found_on_the_path_by_bash_serves(chooser: Machine) -> None:
    got = chooser.run(chooser.folder / "bin/bash", "bazelw", "info")

    assert got[:2] == (0, "debian: info\n")


def test_no_home_is_told(chooser: Machine) -> None:
    del chooser.environ["HOME"], chooser.environ["XDG_CACHE_HOME"]

    status, _, err = chooser.run(chooser.root / "bazelw", "info")

    assert status == 2
    assert "found neither HOME nor XDG_CACHE_HOME, wanted one of them." in err


def test_call_inside_the_debian_root_stays_there(chooser: Machine) -> None:
    chooser.fake("bazel", SERVING)
    chooser.environ["MONOREPO_DEBIAN_ROOT"] = "/cache/debian-1"

    got = chooser.run(chooser.root / "bazelw", "info")

    assert got == (0, "debian: info\n", "")
