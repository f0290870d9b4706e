"""The pytest plugin that holds a run to Bazel's contract: shards, and no file without a test."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.testing.request import Environment


class BazelContract:
    """Deals the tests out to shards, and remembers what was collected, selected and run."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        # Files are named from here; a test may leave the process elsewhere.
        self.root = Path.cwd()
        self.collected: Counter[Path] = Counter()
        self.selected = 0

    def pytest_addoption(
        self, parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager
    ) -> None:
        """Define what pytest's own plugins ask of the debugger, where that is left out."""
        if pluginmanager.is_blocked("debugging"):
            for option, name in (("--pdb", "usepdb"), ("--trace", "trace")):
                parser.addoption(option, dest=name, action="store_true")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Count what each file holds, before `-k` and shards take some away."""
        self.collected.update(item.path for item in items)

    @pytest.hookimpl(trylast=True, specname="pytest_collection_modifyitems")
    def pytest_deal_out(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep this shard's share of the selected tests."""
        self.selected = len(items)
        index, total = self.environment.shard_index, self.environment.total_shards
        kept = items[index::total]
        if len(kept) != len(items):
            chosen = set(kept)
            config.hook.pytest_deselected(items=[i for i in items if i not in chosen])
            items[:] = kept

    def verdict(self, exit_code: int, test_files: Sequence[str]) -> tuple[int, str]:
        """Return the run's exit code and what to say of it, if anything."""
        empty = [file for file in test_files if not self.collected[self.root / file]]
        if (
            exit_code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
            and empty
        ):
            return 1, (
                f"{', '.join(empty)}: no test was collected, wanted at least one in each file.\n"
                "Fix: define test functions there, or take the file out of srcs."
            )
        if exit_code != pytest.ExitCode.NO_TESTS_COLLECTED:
            return exit_code, ""
        if self.selected:
            return 0, "This shard has no test: there are more shards than tests."
        return 1, (
            f"None of the {self.collected.total()} tests was selected.\n"
            "Fix: change --test_filter (pytest's -k) or the arguments that left them out."
        )
