"""A checkout whose Bazel and git only record what they are asked, on a clock of its own."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.nested.checkout import Checkout, Result


class Recorded(Checkout):
    """Keeps every call; a call takes as many seconds as `cost` says of its arguments."""

    def __init__(
        self, folder: Path, cost: Callable[[tuple[str, ...]], float] = lambda _: 1.0
    ) -> None:
        super().__init__(folder, folder)
        self.root.mkdir(parents=True, exist_ok=True)
        self.cost = cost
        self.now = 0.0
        self.exit_code = 0
        self.calls: list[tuple[str, ...]] = []
        # What the files said when each call came.
        self.seen: list[dict[str, str]] = []

    def take(self, *arguments: str) -> None:
        """Record a call and let its time pass."""
        self.calls.append(arguments)
        self.seen.append(
            {
                str(path.relative_to(self.root)): path.read_text()
                for path in self.root.glob("tools/**/*.py")
            }
        )
        self.now += self.cost(arguments)

    def bazel(self, *arguments: str, **_: object) -> Result:
        """Record a call of Bazel."""
        self.take(*arguments)
        return Result(self.exit_code, "", "no such target")

    def git(self, *arguments: str) -> str:
        """Record a call of git."""
        self.take("git", *arguments)
        return ""

    def keep_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let measures read this clock."""
        monkeypatch.setattr(time, "perf_counter", lambda: self.now)
