"""Shows that a test reaches what its target declares, the interpreter, loopback, and nothing else."""

import importlib.util
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_undeclared_sibling_file_is_not_there() -> None:
    assert Path(__file__).exists()
    assert not (HERE / "BUILD.bazel").exists()


def test_undeclared_file_of_the_workspace_is_out_of_reach(tmp_path: Path) -> None:
    undeclared = Path(__file__).resolve().with_name("BUILD.bazel")

    child = subprocess.run(
        [sys.executable, "-c", f"open({str(undeclared)!r})"],
        # What this process itself opened would fail this test.
        env={**os.environ, "MONOREPO_UNDECLARED_READS": str(tmp_path / "log")},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    # Where inputs are copies, there is no workspace at all.
    assert re.search(
        r"^PermissionError: .* opens tools/testing/tests/BUILD\.bazel in the workspace, "
        r"|^FileNotFoundError: ",
        child.stderr,
        re.MULTILINE,
    )


def test_undeclared_sibling_module_is_not_importable() -> None:
    assert importlib.util.find_spec("tools.testing.request") is not None
    assert importlib.util.find_spec("tools.testing.tests.test_request") is None


def test_undeclared_distribution_is_not_importable() -> None:
    assert importlib.util.find_spec("pytest") is not None
    assert importlib.util.find_spec("numpy") is None


def test_network_is_loopback_alone() -> None:
    assert [name for _, name in socket.if_nameindex()] == ["lo"]


def test_loopback_works() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), 30) as client,
    ):
        server.settimeout(30)
        accepted, _ = server.accept()
        with accepted:
            accepted.settimeout(30)
            client.sendall(b"ping")

            got = accepted.recv(4)

    assert got == b"ping"


def test_import_path_is_runfiles_and_interpreter() -> None:
    runfiles = os.environ["RUNFILES_DIR"]
    allowed = (runfiles, sys.prefix, sys.base_prefix, sys.exec_prefix)

    strangers = [entry for entry in sys.path if not entry.startswith(allowed)]

    assert strangers == []


def test_user_site_packages_are_not_importable(tmp_path: Path) -> None:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    site = tmp_path / ".local" / "lib" / version / "site-packages"
    site.mkdir(parents=True)
    (site / "planted_by_the_user.py").write_text("")

    child = subprocess.run(
        [sys.executable, "-c", "import planted_by_the_user"],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert "No module named 'planted_by_the_user'" in child.stderr
