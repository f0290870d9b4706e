"""Tests of --real: servers of this machine, and what is left of them."""

import os
import pty
import shlex
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tools.testing.waiting import wait_until
from tools.up.servers.server import host_tool
from tools.up.tests.shop import ENDS, Workspace, wait_for_end


def listens(url: str) -> bool:
    """Return whether somebody listens where a URL leads."""
    parts = urlsplit(url)
    try:
        socket.create_connection((str(parts.hostname), parts.port or 0), 5).close()
    except OSError:
        return False
    return True


def install_servers(workspace: Workspace, *names: str) -> None:
    """Have Bazel build programs of this machine beside the service."""
    script = '#!/bin/sh\nexec {} "$@"\n'
    for name in names:
        text = script.format(shlex.quote(str(host_tool(name))))
        workspace.bazel.outputs["default"][f"host/{name}"] = text
    workspace.bazel.install()
    for name in names:
        (workspace.bazel.root / "bazel out/host" / name).chmod(0o755)


@pytest.mark.parametrize("end", ENDS)
def test_real_servers_go_with_it(
    workspace: Workspace, end: Callable[[Workspace, int], None]
) -> None:
    install_servers(workspace, "bwrap", "initdb", "postgres", "rabbitmq-server")
    ours, theirs = pty.openpty()
    workspace.start("--real", terminal=theirs)
    os.close(theirs)
    process = workspace.wait_for("vanilla")
    variables = ("SHOP_BROKER", "SHOP_DATABASE")
    urls = [workspace.answer(variable).split()[1] for variable in variables]
    ran = [listens(url) for url in urls]

    end(workspace, ours)

    assert workspace.process is not None
    workspace.process.wait(60)
    wait_for_end(process)
    assert ran == [True, True]
    wait_until(lambda: not any(map(listens, urls)))


def test_server_that_a_variable_names_is_not_started(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SHOP_BROKER", "SHOP_DATABASE"):
        monkeypatch.setenv(name, f"{name}-of-mine")

    workspace.start("--real")
    workspace.wait_for("vanilla")

    assert workspace.answer("SHOP_BROKER").endswith(" SHOP_BROKER-of-mine")
    assert workspace.answer("SHOP_DATABASE").endswith(" SHOP_DATABASE-of-mine")


def test_server_that_the_machine_lacks_is_named(workspace: Workspace) -> None:
    workspace.start("--real")

    assert workspace.process is not None
    assert workspace.process.wait(60) == 2
    assert "found no bwrap, rabbitmq-server on this machine" in workspace.output()
    assert "Fix: install it, or name one that runs already by SHOP_BROKER=URL." in (
        workspace.output()
    )
