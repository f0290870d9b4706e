"""Tests of what the measure of the import check compares."""

from pathlib import Path

import pytest

from tools.bench import scopes
from tools.bench.tests.recorded import Recorded
from tools.nested.checkout import Result

RC = f"build --keep_going\n{scopes.ASPECT}try-import user\n"
LOG = '{\n  "mnemonic": "ImportsCheck"\n}{\n  "mnemonic": "ImportsVerdict"\n}'


class Switched(Recorded):
    """Takes longer with the aspect, and longest for the first build of a server."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.write(".bazelrc", RC)
        self.is_new = False

    @property
    def is_on(self) -> bool:
        """Whether Bazel would see the aspect."""
        return scopes.ASPECT in (self.root / ".bazelrc").read_text()

    def bazel(self, *arguments: str, **_: object) -> Result:
        """Take the time that the state of the server and the aspect cost."""
        self.take(*arguments)
        self.now += (0.25 if self.is_on else 0) + (4.0 if self.is_new else 0)
        self.now += 1.0 if self.is_new and self.is_on else 0
        self.is_new = arguments == ("shutdown",)
        for argument in arguments:
            if argument.startswith("--execution_log_json_file="):
                Path(argument.partition("=")[2]).write_text(LOG * 4)
        return Result(0, "", "")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Switched:
    made = Switched(tmp_path)
    made.keep_time(monkeypatch)
    server = made.output_base / "server"
    server.mkdir(parents=True)
    (server / "server.pid.txt").write_text("7\n")
    return made


def test_switch_leaves_every_other_line(checkout: Switched) -> None:
    path = checkout.root / ".bazelrc"

    scopes.switch(checkout, is_on=False)
    off = path.read_text()
    scopes.switch(checkout, is_on=True)
    scopes.switch(checkout, is_on=True)

    assert off == RC.replace(scopes.ASPECT, "")
    assert path.read_text() == scopes.ASPECT + off


def test_all_three_are_differences(
    checkout: Switched, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The server's children take as long as its calls.
    monkeypatch.setattr(scopes, "cpu_seconds", lambda *_: checkout.now)

    cpu, added, started = scopes.scopes(checkout)

    assert cpu.samples == (1000 * 1.25 / 4,) * scopes.ROUNDS
    assert added.samples == (250.0,) * scopes.ROUNDS
    assert started.samples == (1.25,) * scopes.ROUNDS
    build = (checkout.root / scopes.FOLDER / "BUILD.bazel").read_text()
    assert build.count("pytest_test(\n") == scopes.TARGETS


def test_only_what_the_check_of_imports_wrote_is_made_again(tmp_path: Path) -> None:
    names = [
        "a.imports.jsonl",
        "a.imports.passed",
        "a.imports_index",
        "a.pyrefly.jsonl",
    ]
    for name in names:
        (tmp_path / "libs/a").mkdir(parents=True, exist_ok=True)
        (tmp_path / "libs/a" / name).touch()

    scopes.forget(tmp_path)

    assert sorted(path.name for path in tmp_path.rglob("a.*")) == names[2:]


def test_log_without_the_check_is_no_figure(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("{}")

    with pytest.raises(SystemExit, match="no import was checked"):
        scopes.checked(log)
