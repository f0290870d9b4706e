"""Tests of the real program over a Bazel that answers as a test says, and of all the ways in which it ends."""

import os
import pty
import re
from collections.abc import Callable

import pytest

from tools.testing.waiting import wait_until
from tools.up.tests.shop import ENDS, Workspace, wait_for_end


def test_save_is_answered_by_new_code_at_the_same_address(workspace: Workspace) -> None:
    workspace.start()
    first = workspace.wait_for("vanilla")

    workspace.save("lemon")
    second = workspace.wait_for("lemon")

    assert first != second
    wait_for_end(first)
    ready = rf"^shop  \| ready at http://127\.0\.0\.1:{workspace.port} \("
    assert len(re.findall(ready, workspace.output(), re.MULTILINE)) == 2


def test_save_of_something_else_starts_nothing(workspace: Workspace) -> None:
    workspace.start()
    process = workspace.wait_for("vanilla")
    asked = len(workspace.bazel.asked())

    (workspace.bazel.root / "shop/notes.txt").write_text("not in the graph")
    wait_until(lambda: len(workspace.bazel.asked()) > asked)
    workspace.save("lemon")

    assert workspace.wait_for("lemon") != process
    assert workspace.output().count("ready at") == 2


def test_code_that_does_not_start_leaves_what_serves(workspace: Workspace) -> None:
    workspace.start()
    process = workspace.wait_for("vanilla")

    workspace.save("broken")
    workspace.wait_for_line("ended before it was ready; what ran before still serves")

    assert "shop  | no such flavour" in workspace.output()
    assert workspace.wait_for("vanilla") == process
    workspace.save("lemon")
    assert workspace.wait_for("lemon") != process


def test_code_that_can_not_be_built_leaves_what_serves(workspace: Workspace) -> None:
    workspace.start()
    process = workspace.wait_for("vanilla")

    workspace.bazel.targets, workspace.bazel.exit_code = [], 1
    workspace.bazel.complaint = "ERROR: no such target"
    workspace.bazel.install()
    workspace.save("lemon")
    workspace.wait_for_line("can't be built; Bazel says above why")

    assert workspace.wait_for("vanilla") == process
    assert "bazel | ERROR: no such target" in workspace.output()


def test_unknown_service_is_refused_with_those_that_are_known(
    workspace: Workspace,
) -> None:
    workspace.start("shopp")

    assert workspace.process is not None
    assert workspace.process.wait(60) == 2
    assert "shopp: no such service; declared are: shop." in workspace.output()


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_left_however_it_ends(
    workspace: Workspace, end: Callable[[Workspace, int], None]
) -> None:
    for _ in range(3):
        ours, theirs = pty.openpty()
        workspace.start(terminal=theirs)
        os.close(theirs)
        process = workspace.wait_for("vanilla")

        end(workspace, ours)

        assert workspace.process is not None
        workspace.process.wait(60)
        wait_for_end(process)
        assert workspace.answer() == ""
