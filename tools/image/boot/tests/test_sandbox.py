"""Tests of booting an image: as PID 1, read-only, not as root."""

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.image.boot.__main__ import wait
from tools.image.boot.rootfs import unpack
from tools.image.boot.sandbox import Machine, booted
from tools.image.boot.stopping import SIGNALS, Stopping
from tools.image.conformance import booting
from tools.image.oci.layout import Image
from tools.testing.ports import free_port
from tools.testing.waiting import time_limit

BWRAP = os.path.abspath(os.environ["BWRAP"])
PYTHON = "/opt/venv/bin/python"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return booting.unpacked_machine(tmp_path_factory.mktemp("root"))


@pytest.fixture
def own_signals() -> Iterator[None]:
    """Give the test's process its signals back."""
    before = {each: signal.getsignal(each) for each in (*SIGNALS, signal.SIGALRM)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def answer(machine: Machine, source: str) -> str:
    """Return what a program prints in the image."""
    with booted(machine, [PYTHON, "-c", source], stdout=subprocess.PIPE) as boot:
        return boot.process.communicate(timeout=60)[0].strip()


def get(url: str, patience: float = 10) -> str:
    """Return what a server answers, once it does."""
    end = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(url, timeout=patience) as response:
                return str(response.read().decode())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def test_the_command_is_process_1_and_not_root(machine: Machine) -> None:
    assert (
        answer(machine, "import os; print(os.getpid(), os.getuid(), os.getgid())")
        == "1 65532 65532"
    )


def test_only_files_of_the_image_are_there_and_none_can_be_written(
    machine: Machine,
) -> None:
    source = "import os; print(sorted(os.listdir('/')), os.access('/', os.W_OK), os.access('/app', os.W_OK))"

    got = answer(machine, source)

    names = [
        "app",
        "bin",
        "dev",
        "etc",
        "home",
        "lib",
        "lib64",
        "opt",
        "proc",
        "root",
        "run",
        "sbin",
        "sys",
    ]
    assert got == f"{[*names, 'tmp', 'usr', 'var']} False False"


def test_the_environment_is_the_image_s_alone(machine: Machine) -> None:
    got = answer(machine, "import os; print(sorted(os.environ))")

    assert got == str(sorted([*machine.image.environment, "PWD"]))


def test_distributions_and_first_party_code_are_importable(machine: Machine) -> None:
    source = (
        "import importlib.metadata, numpy, sys, tools.image.example.__main__ as m;"
        "print(sys.prefix, importlib.metadata.version('numpy') == numpy.__version__, m.__file__)"
    )

    assert (
        answer(machine, source) == "/opt/venv True /app/tools/image/example/__main__.py"
    )


def test_certificates_and_time_zones_are_there(machine: Machine) -> None:
    source = (
        "import ssl, zoneinfo; print(len(ssl.create_default_context().get_ca_certs()) > 50,"
        "zoneinfo.ZoneInfo('Europe/Paris').key)"
    )

    assert answer(machine, source) == "True Europe/Paris"


def test_the_service_answers_and_ends_on_sigterm(machine: Machine) -> None:
    port = free_port()
    served = Machine(BWRAP, machine.image, machine.root, {"PORT": str(port)})

    with booted(served, served.image.command, stdout=subprocess.DEVNULL) as boot:
        got = get(f"http://127.0.0.1:{port}/sum?1,2,3")
        started = time.monotonic()
        code = boot.stop(patience=10)

    assert (got, code) == ("6", 0)
    assert time.monotonic() - started < 2


def test_process_1_gets_no_signal_that_it_has_not_asked_for(machine: Machine) -> None:
    """Shows that the boot is as in a cluster: this bug hides where a command isn't PID 1."""
    with booted(
        machine,
        [PYTHON, "-c", "import time; print(flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE,
    ) as boot:
        assert boot.process.stdout is not None
        with time_limit("the command's first line", boot.process.kill, 60):
            boot.process.stdout.readline()
        boot.send(signal.SIGTERM)

        with pytest.raises(subprocess.TimeoutExpired):
            boot.process.wait(0.3)


def test_no_module_is_compiled_at_the_start(machine: Machine) -> None:
    verbose = Machine(BWRAP, machine.image, machine.root, {"PYTHONVERBOSE": "1"})
    command = [PYTHON, "-c", "import tools.image.example.__main__"]

    with booted(verbose, command, stderr=subprocess.PIPE) as boot:
        said = boot.process.communicate(timeout=60)[1].splitlines()

    assert [line for line in said if "matches /opt/venv" in line] != []
    assert [line for line in said if line.startswith("# code object from /")] == []


def test_programs_of_distributions_start_by_name(machine: Machine) -> None:
    with booted(machine, ["numpy-config", "--version"], stdout=subprocess.PIPE) as boot:
        said = boot.process.communicate(timeout=60)[0].strip()

    assert said == answer(machine, "import numpy; print(numpy.__version__)")


def test_zstd_layers_hold_the_same_and_are_smaller(machine: Machine) -> None:
    zstd = Image(Path(os.environ["ZSTD_IMAGE"]))

    own = [it["mediaType"].rpartition("+")[2] for it in zstd.layers[1:]]
    assert set(own) == {"zstd"}
    assert zstd.config["rootfs"] == machine.image.config["rootfs"]
    assert zstd.size < machine.image.size


def test_a_machine_without_user_namespaces_is_told_the_way_out(tmp_path: Path) -> None:
    refusing = tmp_path / "bwrap"
    refusing.write_text(
        "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2; exit 1\n"
    )
    refusing.chmod(0o755)

    with pytest.raises(pytest.fail.Exception) as caught:
        booting.require_namespaces(str(refusing))

    assert not caught.value.pytrace
    # Else it would be told twice.
    assert caught.value.__context__ is None
    assert caught.value.msg == (
        "This machine refuses user namespaces, in which images are booted: "
        "bwrap: No permissions to create new namespace\n"
        "Fix: allow them by sysctl -w user.max_user_namespaces=15000, "
        "on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0 as well; "
        "start a container with --privileged.\n"
        "Or leave these tests out: --test_tag_filters=-requires-user-namespaces"
    )


def test_the_debug_image_has_a_shell_and_the_same_layers(
    tmp_path: Path, machine: Machine
) -> None:
    debug = Image(Path(os.environ["DEBUG_IMAGE"]))
    unpack(debug, tmp_path / "root")
    shell = Machine(BWRAP, debug, tmp_path / "root")
    command = ["/busybox/sh", "-c", "ls /app | wc -l; which wget python"]

    with booted(shell, command, stdout=subprocess.PIPE) as boot:
        said = boot.process.communicate(timeout=60)[0].split()

    assert said == ["1", "/busybox/wget", "/opt/venv/bin/python"]
    assert debug.layers[:-1] == machine.image.layers
    assert debug.command == machine.image.command


@pytest.mark.usefixtures("own_signals")
def test_what_came_while_the_image_began_to_run_is_passed_on(machine: Machine) -> None:
    stopping = Stopping()
    signal.raise_signal(signal.SIGQUIT)

    with booted(machine, [PYTHON, "-c", "import time; time.sleep(60)"]) as boot:
        got = wait(boot, stopping, is_interactive=False)

    assert got == 128 + signal.SIGKILL
