"""The pytest plugin that checks a run against Bazel's contract: filter and shards, and no test that didn't happen."""

import inspect
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tools.testing.record import Record, shown
from tools.testing.request import Environment
from tools.testing.settings import declare_plugin_options

# Plugins of pytest's own without which a run says too little, or passes over tests.
_NEEDED = {
    "junitxml": "the report",
    "terminal": "the log",
    "unittest": "tests of unittest",
}


class BazelContract:
    """Selects the tests to run, and remembers what was collected, selected and run."""

    def __init__(
        self, environment: Environment, record: Record, opted_out: str = ""
    ) -> None:
        """Begin a run; `opted_out` names the settings that leave tests out where nothing else does."""
        self.environment = environment
        self.opted_out = opted_out
        self.record = record
        # Files are named from here; a test may leave the process elsewhere.
        self.root = Path.cwd()
        self.collected: Counter[Path] = Counter()
        self.items: list[pytest.Item] = []
        self.deselected: list[pytest.Item] = []
        self.skipped: set[Path] = set()
        self.dropped: list[str] = []
        self.selected: list[str] | None = None
        self.kept: Counter[str] = Counter()
        self.called: set[str] = set()
        self.finished: Counter[str] = Counter()
        self.failed: list[str] = []

    def pytest_addoption(
        self, parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager
    ) -> None:
        """Define what pytest's own plugins ask of the debugger, where that is left out; refuse to go without others."""
        self.parser = parser
        for name, loss in _NEEDED.items():
            if pluginmanager.is_blocked(name):
                raise pytest.UsageError(
                    f"{self.environment.target}: -p no:{name} leaves out {loss}.\n"
                    "Fix: take it out of args, or of addopts."
                )
        if pluginmanager.is_blocked("debugging"):
            for option, name in (("--pdb", "usepdb"), ("--trace", "trace")):
                parser.addoption(option, dest=name, action="store_true")

    @pytest.hookimpl(wrapper=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Iterator[None]:
        """Leave out where the report lies: a cache hands the log to other machines."""
        write = terminalreporter.write_sep

        def write_sep(sep: str, title: str | None = None, **markup: bool) -> None:
            if not (title or "").startswith("generated xml file: "):
                write(sep, title, **markup)

        # The class is final, and pytest asks for no other.
        vars(terminalreporter)["write_sep"] = write_sep
        yield

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Refuse processes of pytest-xdist, which know nothing of this contract."""
        if session.config.pluginmanager.hasplugin("dsession"):
            raise pytest.UsageError(
                f"{self.environment.target}: pytest-xdist's processes (-n) are not supported.\n"
                "Fix: take -n out, and set shard_count; Bazel runs the shards side by side."
            )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember which files skipped themselves, and what pytest drops from classes."""
        if report.skipped:
            self.skipped.add(self.root / report.nodeid.partition("::")[0])
        for node in report.result or ():
            if isinstance(node, pytest.Class):
                self.dropped += dropped_from(node)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Count what each file holds, and keep what the filter names."""
        self.collected.update(item.path for item in items)
        self.items = [*items]
        text = self.environment.test_filter
        if not text:
            return
        from tools.testing.filters import (  # noqa: PLC0415  # seldom needed
            from_root,
            named,
        )

        text = from_root(text, self.root, self.collected)
        chosen = named(text, [item.nodeid for item in items])
        if chosen is not None:
            keep(config, items, [item for item in items if item.nodeid in chosen])
        elif config.option.keyword:
            config.option.keyword = f"({config.option.keyword}) and ({text})"
        else:
            config.option.keyword = text

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Remember which tests were left out, and said to be."""
        self.deselected += items

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep this shard's share, after every plugin has had its say."""
        declare_plugin_options(session.config, self.parser)
        items = session.items
        if self.opted_out and not items:
            # A project's tests that are opt-in at home are skipped here, each by its name.
            items += self.deselected
            self.deselected = []
            skip = pytest.mark.skip(reason=f"{self.opted_out} leaves it out")
            for item in items:
                item.add_marker(skip)
        self.selected = [item.nodeid for item in items]
        left = [*items, *self.deselected]
        # A plugin may put others in their place, or change their ids.
        if len(left) < len(self.items):
            known = {id(item) for item in left}
            gone = [item.nodeid for item in self.items if id(item) not in known]
            raise pytest.UsageError(
                f"{self.environment.target}: tests that were taken out after their collection, and not said to be: "
                f"{shown(gone)}.\n"
                "Fix: have what takes them out (a pytest_collection_modifyitems) call pytest_deselected for them."
            )
        if self.environment.total_shards > 1:
            from tools.testing.sharding import (  # noqa: PLC0415  # seldom needed
                content,
                share,
            )

            self.record.write("collected", self.selected)
            self.record.write("content", [content(item) for item in items])
            index, total = self.environment.shard_index, self.environment.total_shards
            keep(session.config, items, share(items, index, total))
        self.kept.update(item.nodeid for item in items)
        self.record.write("selected", self.kept)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Say which test runs."""
        self.record.write("started", [nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what has run; end a fork of this process that came back from its test."""
        if not self.record.is_own():
            self.record.write("copied", [report.nodeid])
            os._exit(1)
        if report.failed:
            self.failed.append(report.nodeid)
        if report.when == "call" or not report.passed:
            self.called.add(report.nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Remember that a test has come to its end."""
        self.finished[nodeid] += 1
        self.record.write("finished", [nodeid])

    def verdict(self, exit_code: int, test_files: Sequence[str]) -> tuple[int, str]:
        """Return the run's exit code and what to say of it, if anything."""
        if exit_code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return exit_code, ""
        if self.environment.is_interactive and not self.finished:
            # A person has asked to see something: --collect-only, --fixtures, --help.
            return exit_code, ""
        if fault := next(self.faults(test_files), ""):
            return 1, fault
        if self.selected and not self.kept:
            return 0, "This shard has no test: there are more shards than tests."
        return 0, ""

    def faults(self, test_files: Sequence[str]) -> Iterator[str]:
        """Yield what didn't happen, though pytest found no failure."""
        target = self.environment.target
        if self.selected is None:
            yield (
                f"{target}: pytest ended without failure before it had collected the tests.\n"
                "Fix: find what ends it: pytest.exit, or an argument such as --help."
            )
            return
        if self.dropped:
            yield (
                f"{shown(self.dropped)}: pytest runs no property or other descriptor as a test.\n"
                "Fix: make it a method, or give it a name that is no test's."
            )
        if empty := [file for file in test_files if self.is_empty(file)]:
            yield (
                f"{', '.join(empty)}: no test was collected, wanted at least one in each file.\n"
                "Fix: define test functions there, or take the file out of srcs."
            )
        if self.collected and not self.selected:
            yield (
                f"None of the {self.collected.total()} tests was selected.\n"
                "Fix: change --test_filter or the arguments that left them out."
            )
        if self.failed:
            yield (
                f"{target}: pytest ended without failure, though these failed: {shown(self.failed)}.\n"
                "Fix: find what changes the exit code, such as a pytest_sessionfinish in a conftest.py."
            )
        ran = Counter({test: self.finished[test] for test in self.called})
        if missing := list((self.kept - ran).elements()):
            yield (
                f"{target}: pytest ended without failure, though {len(missing)} of "
                f"{self.kept.total()} selected tests did not run: {shown(missing)}.\n"
                "Fix: find what ends the session: pytest.exit, or an argument such as --collect-only."
            )

    def is_empty(self, file: str) -> bool:
        """Return whether a file has neither a test nor skipped itself."""
        path = self.root / file
        return not self.collected[path] and path not in self.skipped


def dropped_from(node: pytest.Class) -> Iterator[str]:
    """Yield what a class names like a test, and pytest passes over, since it can't be called."""
    for name in filter(node.funcnamefilter, dir(node.obj)):
        value = inspect.getattr_static(node.obj, name)
        # What it unwraps: static methods and those of the class.
        called = getattr(value, "__func__", value)
        if hasattr(value, "__get__") and not callable(called):
            yield f"{node.nodeid}::{name}"


def keep(
    config: pytest.Config, items: list[pytest.Item], kept: list[pytest.Item]
) -> None:
    """Leave only these of the items, and let pytest report the others as deselected."""
    chosen = set(kept)
    if others := [item for item in items if item not in chosen]:
        config.hook.pytest_deselected(items=others)
        items[:] = kept
