"""The pytest plugin that fails a test which opens undeclared files of the workspace."""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tools.testing.workspace_guard import sitecustomize as guard


class WorkspaceGuard:
    """Guards the test process and the Python processes that it starts.

    What is opened raises PermissionError there. Whoever catches that fails all the same.
    """

    def __init__(self, environ: os._Environ[str]) -> None:
        self.log = Path(environ["TEST_TMPDIR"], "undeclared_reads.txt")
        self.found: list[str] = []
        folder = os.path.dirname(guard.__file__)
        path = [folder, *filter(None, [environ.get("PYTHONPATH")])]
        environ["PYTHONPATH"] = os.pathsep.join(path)
        environ[guard.LOG] = str(self.log)
        guard.install()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """Fail a test that caught the error, or whose child process got it."""
        __tracebackhide__ = True
        try:
            result = yield
        except BaseException:
            self.take()
            raise
        if text := self.take():
            pytest.fail(text, pytrace=False)
        return result

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the session for what was opened outside of tests, or where that was no failure."""
        self.take()
        if self.found and session.exitstatus in (
            pytest.ExitCode.OK,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        ):
            print(*self.found, sep="\n", file=sys.stderr)
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def take(self) -> str:
        """Return what was opened since the last call."""
        if not self.log.exists():
            return ""
        text = self.log.read_text(errors="replace").rstrip()
        self.log.unlink()
        self.found.append(text)
        return text


def guards(environ: os._Environ[str]) -> list[WorkspaceGuard]:
    """Return the guard of a test under Bazel; `bazel run` is for looking around, and so is a debugger."""
    is_watched = "BUILD_WORKSPACE_DIRECTORY" in environ or "debugpy" in sys.modules
    if is_watched or not environ.get("TEST_TMPDIR"):
        return []
    return [WorkspaceGuard(environ)]
