"""Tests of explaining a machine that refuses namespaces."""

from pathlib import Path

import pytest

from tools.debian.root import namespaces


def settings(folder: Path, name: str, value: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{value}\n", "ascii")
    return folder


def test_ordinary_user_becomes_root_of_a_map_of_ids() -> None:
    assert "--map-auto" in namespaces.command(1000)
    assert "--user" not in namespaces.command(0)


def test_message_quotes_what_the_machine_said(tmp_path: Path) -> None:
    got = str(
        namespaces.refusal("noise\nunshare: Operation not permitted\n", tmp_path, False)
    )

    assert got == (
        "this machine refuses the namespaces that the Debian line runs in.\n"
        "found: unshare: Operation not permitted; wanted them allowed.\n"
        "Fix: see what forbids `unshare --user --map-root-user true`,"
        " or use MONOREPO_SUPPLY=public."
    )


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        (
            "kernel/unprivileged_userns_clone",
            "0",
            "sudo sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        (
            "user/max_user_namespaces",
            "0",
            "sudo sysctl -w user.max_user_namespaces=15000",
        ),
    ],
)
def test_setting_that_refuses_is_named(
    tmp_path: Path, name: str, value: str, mend: str
) -> None:
    got = namespaces.refusal("bwrap: no", settings(tmp_path, name, value), True)

    assert got.fix == mend


def test_setting_that_allows_is_not_named(tmp_path: Path) -> None:
    allowing = settings(tmp_path, "kernel/unprivileged_userns_clone", "1")

    got = namespaces.refusal("bwrap: no", allowing, True)

    assert got.fix.startswith("start the container with --privileged")


def test_number_of_namespaces_that_is_used_up_is_named(tmp_path: Path) -> None:
    said = "unshare: unshare failed: No space left on device"

    got = namespaces.refusal(said, tmp_path, False)

    assert got.fix == "sudo sysctl -w user.max_user_namespaces=15000"


def test_user_without_subordinate_ids_is_told_how_to_get_some(tmp_path: Path) -> None:
    said = "unshare: no line matching user 'ada' in /etc/subuid: no subordinate ids"

    got = namespaces.refusal(said, tmp_path, False)

    assert got.fix.startswith("sudo usermod --add-subuids")
