"""Tests of preparing the root once and entering it."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tools.debian.tests.machine import FAKES, Machine, make_machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine with nothing prepared."""
    return make_machine(tmp_path)


HANGING = """
while [[ $1 != forky ]]; do shift; done
mkdir -p "$2"/usr
touch "${0%/*}"/../hanging
sleep 60
"""


def enter(machine: Machine) -> Path:
    return machine.root / "tools/debian/bazel"


def roots(machine: Machine) -> list[str]:
    return sorted(path.name for path in machine.cache.glob("debian-*"))


def after(flag: str, arguments: list[str]) -> str:
    return arguments[arguments.index(flag) + 1]


def test_first_call_prepares_and_the_next_only_enters(machine: Machine) -> None:
    first = machine.run(enter(machine), "info", "release")
    second = machine.run(enter(machine), "info", "release")

    assert first[0] == 0, first[2]
    assert "bazelw: [1/5] fetching the package lists" in first[2]
    assert (second[0], second[1], second[2]) == (0, first[1], "")
    assert len(machine.calls("mmdebstrap")) == 1


def test_bazel_runs_in_the_root_with_the_hosts_folders(machine: Machine) -> None:
    _, out, _ = machine.run(enter(machine), "test", "//...", cwd=machine.root / "tools")

    arguments = out.splitlines()
    (name,) = roots(machine)
    base = machine.cache / name
    assert arguments[:3] == ["--ro-bind", f"{base}/root/usr", "/usr"]
    assert after("--dev", arguments) == "/dev"
    assert after("MONOREPO_ENTER", arguments) == f"{machine.root}/tools/debian/bazel"
    assert after("--chdir", arguments) == str(machine.root / "tools")
    command = arguments[arguments.index("--") + 1 :]
    assert command == [
        *("/usr/bin/setpriv", "--pdeathsig", "TERM"),
        "/usr/bin/bazel",
        f"--bazelrc={machine.root}/tools/debian/debian.bazelrc",
        f"--host_jvm_args=-Dmonorepo.root={base}",
        f"--host_jvm_args=-Djavax.net.ssl.trustStore={base}/cacerts",
        *("test", "//..."),
    ]


def test_another_program_of_the_root_is_entered_by_its_name(machine: Machine) -> None:
    _, out, _ = machine.run(enter(machine), "--enter", "crane", "version")

    assert out.splitlines()[-5:] == [
        "/usr/bin/setpriv",
        "--pdeathsig",
        "TERM",
        "crane",
        "version",
    ]


def test_packages_of_the_root_are_printed(machine: Machine) -> None:
    _, out, _ = machine.run(enter(machine), "--packages")

    assert out == "bazel-bootstrap 7.7.1+ds-8 amd64 -\n"


def test_root_tells_bazel_its_version_and_passes_over_debians_bazelrc(
    machine: Machine,
) -> None:
    extra = 'mkdir -p "$2"/etc/bazel; touch "$2"/etc/bazel/bazelrc'
    machine.fake("mmdebstrap", FAKES["mmdebstrap"] + extra)

    machine.run(enter(machine), "info")

    (name,) = roots(machine)
    etc = machine.cache / name / "root/etc"
    assert (etc / "monorepo/build-data.properties").read_text(
        "utf-8"
    ) == "build.label=7.7.1\n"
    assert not (etc / "bazel").exists()


def test_another_bazel_is_one_line_of_warning(machine: Machine) -> None:
    machine.fake("mmdebstrap", FAKES["mmdebstrap"].replace("7.7.1", "8.1.0"))

    status, _, err = machine.run(enter(machine), "info")

    assert status == 0
    assert err.count("warning") == 1
    assert (
        "warning: Debian gives Bazel 8.1.0, and tools/debian was written for 7.7.1"
        in err
    )


def test_changed_recipe_is_another_root(machine: Machine) -> None:
    machine.run(enter(machine), "info")
    with (machine.root / "tools/debian/packages.txt").open(
        "a", encoding="utf-8"
    ) as recipe:
        recipe.write("jq\n")

    machine.run(enter(machine), "info")

    assert len(roots(machine)) == 2
    assert ",jq " in machine.calls("mmdebstrap")[1]


def test_failure_of_mmdebstrap_is_one_message_and_leaves_nothing(
    machine: Machine,
) -> None:
    failing = 'echo "E: Unable to locate package bazel-bootstrap"; exit 25'
    machine.fake("mmdebstrap", FAKES["mmdebstrap"] + failing)

    status, out, err = machine.run(enter(machine), "info")

    assert (status, out) == (2, "")
    assert "bazelw:   E: Unable to locate package bazel-bootstrap\n" in err
    assert "Traceback" not in err
    assert roots(machine) == []


def test_machine_that_refuses_namespaces_is_told_before_anything_is_fetched(
    machine: Machine,
) -> None:
    machine.fake(
        "bwrap", 'echo "bwrap: No permissions to create new namespace" >&2; exit 1'
    )

    status, _, err = machine.run(enter(machine), "info")

    assert status == 2
    assert (
        "found: bwrap: No permissions to create new namespace; wanted them allowed."
        in err
    )
    assert machine.calls("mmdebstrap") == []


def test_leftover_of_a_killed_call_is_replaced(machine: Machine) -> None:
    machine.run(enter(machine), "info")
    (name,) = roots(machine)
    (machine.cache / name).rename(machine.cache / f"{name}.tmp")
    (machine.cache / f"{name}.tmp/stale").touch()

    status, _, _ = machine.run(enter(machine), "info")

    assert status == 0
    assert roots(machine) == [name]
    assert not (machine.cache / name / "stale").exists()


def start_hanging(machine: Machine) -> subprocess.Popen[str]:
    machine.fake("mmdebstrap", HANGING)
    process = machine.start(enter(machine), "info")
    machine.wait_for(process, (machine.folder / "hanging").exists)
    return process


def test_terminated_call_clears_up_and_the_next_one_prepares(machine: Machine) -> None:
    with start_hanging(machine) as process:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    machine.fake("mmdebstrap", FAKES["mmdebstrap"])

    status, _, again = machine.run(enter(machine), "info")

    assert "interrupted; clearing up. Run it again at any time." in err
    assert status == 0, again
    assert [name for name in roots(machine) if name.endswith(".tmp")] == []


def test_second_call_waits_for_the_first(machine: Machine) -> None:
    machine.fake("mmdebstrap", "sleep 1\n" + FAKES["mmdebstrap"])
    with machine.start(enter(machine), "info") as first:
        machine.wait_for(first, lambda: machine.calls("mmdebstrap"))
        second = machine.run(enter(machine), "info")
        first.communicate(timeout=30)

    assert first.returncode == 0
    assert second[0] == 0
    assert second[2] == (
        "bazelw: another call is preparing the Debian root; waiting for it\n"
    )
    assert len(machine.calls("mmdebstrap")) == 1


def test_missing_programs_are_installed_by_root_and_named_to_others(
    machine: Machine,
) -> None:
    body = FAKES["mmdebstrap"]
    (machine.folder / "bin/mmdebstrap").unlink()
    link = machine.folder / "bin/mmdebstrap"
    installer = (
        f"[[ $* != *install* ]] || {{ printf '%s' '#!/bin/bash\n{body}' >'{link}'; }}"
    )
    machine.fake(
        "apt-get", f"{installer}\n[[ ! -e '{link}' ]] || /bin/chmod 755 '{link}'"
    )

    status, _, err = machine.run(enter(machine), "info")

    if os.geteuid() == 0:
        assert status == 0, err
        assert "bazelw: installing mmdebstrap debian-archive-keyring by apt\n" in err
    else:
        assert status == 2
        assert "Fix: sudo apt-get install mmdebstrap debian-archive-keyring\n" in err


def test_folder_of_the_operating_system_is_refused(machine: Machine) -> None:
    status, _, err = machine.run(enter(machine), "info", cwd=Path("/usr"))

    assert status == 2
    assert "bazelw: the Debian line does not see /usr.\n" in err


def test_call_inside_the_root_runs_bazel_at_once(machine: Machine) -> None:
    machine.run(enter(machine), "info")
    (name,) = roots(machine)
    machine.environ["MONOREPO_DEBIAN_ROOT"] = str(machine.cache / name)
    entered = len(machine.calls("bwrap"))

    status, out, _ = machine.run(enter(machine), "--enter", "env")

    assert status == 0
    assert f"MONOREPO_DEBIAN_ROOT={machine.cache / name}\n" in out
    assert len(machine.calls("bwrap")) == entered


def test_call_inside_another_recipes_root_is_refused(machine: Machine) -> None:
    machine.environ["MONOREPO_DEBIAN_ROOT"] = "/cache/debian-1"

    status, _, err = machine.run(enter(machine), "info")

    assert status == 2
    assert "bazelw: found /cache/debian-1, wanted " in err


def test_trial_that_leaves_a_waiting_child_is_not_waited_for(machine: Machine) -> None:
    machine.fake("unshare", "sleep 50 & echo 'unshare: refused' >&2; exit 1")

    status, _, err = machine.run(enter(machine), "info")

    assert status == 2
    assert "found: unshare: refused; wanted them allowed." in err
