"""What one run of pytest under Bazel was asked for, by its arguments and by Bazel's test environment."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Plugins that pytest imports whether they are wanted or not, and the word in an argument or
# a setting that wants one. pdb alone, with the asyncio below it, is a seventh of a small test.
_SELDOM = {
    "debugging": ("--pdb", "--trace"),
    "doctest": ("doctest",),
    "pastebin": ("--pastebin",),
    "stepwise": ("--stepwise", "--sw"),
}


class RequestError(Exception):
    """The run can't be what was asked for."""


@dataclass(frozen=True)
class Request:
    """The target's files, plugins and quarantined tests; where to wait for a debugger; arguments for pytest."""

    test_files: tuple[str, ...]
    conftests: tuple[str, ...]
    plugin_distributions: tuple[str, ...]
    debugger_ports: tuple[str, ...]
    quarantined: tuple[str, ...]
    project: str
    """The settings of the project that the tests start in; empty where these are the repository's."""
    pytest_args: tuple[str, ...]

    @property
    def settings(self) -> Path:
        """The file of pytest's settings, from the root."""
        return Path(self.project or "pyproject.toml")


@dataclass(frozen=True)
class Environment:
    """Bazel's side of the run; see https://bazel.build/reference/test-encyclopedia."""

    target: str
    is_interactive: bool
    xml_output: str | None
    temporary: str | None
    test_filter: str
    fail_fast: bool
    shard_index: int
    total_shards: int
    shard_status: str | None
    order_seed: str


def parse_request(argv: Sequence[str]) -> Request:
    """Split the arguments of the macro and of .bazelrc from those for pytest, which may be anything."""
    taken: dict[str, list[str]] = {
        "--test-file": [],
        "--conftest": [],
        "--plugins-of": [],
        "--project": [],
        "--quarantined": [],
        "--wait-for-debugger": [],
    }
    rest = []
    for argument in argv:
        option, equals, value = argument.partition("=")
        if equals and option in taken:
            taken[option].append(value)
        else:
            rest.append(argument)
    return Request(
        test_files=tuple(taken["--test-file"]),
        conftests=tuple(taken["--conftest"]),
        plugin_distributions=tuple(taken["--plugins-of"]),
        debugger_ports=tuple(taken["--wait-for-debugger"]),
        quarantined=tuple(taken["--quarantined"]),
        project="".join(taken["--project"]),
        pytest_args=tuple(rest),
    )


def read_environment(environ: Mapping[str, str]) -> Environment:
    """Return Bazel's side of the run; outside `bazel test` everything is optional."""
    return Environment(
        target=environ.get("TEST_TARGET", ""),
        is_interactive="BUILD_WORKSPACE_DIRECTORY" in environ,
        xml_output=environ.get("XML_OUTPUT_FILE"),
        temporary=environ.get("TMPDIR"),
        test_filter=as_typed(environ.get("TESTBRIDGE_TEST_ONLY", "")),
        fail_fast=environ.get("TESTBRIDGE_TEST_RUNNER_FAIL_FAST") == "1",
        shard_index=int(environ.get("TEST_SHARD_INDEX", "0")),
        total_shards=int(environ.get("TEST_TOTAL_SHARDS", "1") or "1"),
        shard_status=environ.get("TEST_SHARD_STATUS_FILE"),
        order_seed=environ.get("TEST_ORDER_SEED", ""),
    )


def as_typed(text: str) -> str:
    """Return what a person wrote: Bazel 7 takes each byte of a flag for a letter, and encodes that once more."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def check_conftests(request: Request, target: str) -> None:
    """Raise RequestError for a `conftest.py` above the tests that the target doesn't declare."""
    forgotten = [path for path in request.conftests if not Path(path).exists()]
    if forgotten:
        folder = os.path.dirname(forgotten[0])
        raise RequestError(
            f"{target or request.test_files[0]}: {', '.join(forgotten)} applies to these tests, "
            "and the target doesn't declare it.\n"
            f"Fix: make it a py_library in //{folder} and add that to deps (or to srcs in its own folder)."
        )


def unwanted_plugins(request: Request, settings: str) -> list[str]:
    """Return the plugins that neither an argument nor the settings want."""
    wanted = [*request.pytest_args, settings]
    return [
        plugin
        for plugin, words in _SELDOM.items()
        if not any(word in text for word in words for text in wanted)
    ]


def pytest_arguments(request: Request, environment: Environment) -> list[str]:
    """Return the command line for pytest."""
    root = Path.cwd() if request.project else Path()
    arguments = ["-c", str(root / request.settings), f"--rootdir={root}"]
    arguments += ["--import-mode=importlib", "-p", "no:cacheprovider"]
    if not environment.is_interactive:
        settings = request.settings.read_text(encoding="utf-8")
        for plugin in unwanted_plugins(request, settings):
            arguments += ["-p", f"no:{plugin}"]
        if environment.temporary:
            arguments.append(f"--basetemp={environment.temporary}/pytest")
        # The lock says the versions; asking for them costs a twentieth of a small test.
        arguments.append("--no-header")
    if environment.xml_output:
        arguments.append(f"--junit-xml={environment.xml_output}")
    if environment.fail_fast:
        arguments.append("--exitfirst")
    # An option such as --debug or --cov would take the first file for its value.
    files = [str(root / file) for file in request.test_files]
    return [*arguments, *request.pytest_args, "--", *files]
