"""Tests of what the measures of types ask, and of how they read the answers."""

import json
import sys
from pathlib import Path

import pytest

from tools.bench import type_checks
from tools.bench.tests.recorded import Recorded
from tools.nested.checkout import Result

MEASURED = """plain mypy, cold: 3.10 s CPU over 50 libraries
with the worker: 2.10 times that, wanted at most 4.0
without: 9.67 times that, wanted at most 8.0
the same bytes either way: yes
checked again after a body edit in the first: 1 of 50
"""
# A worker that takes CPU time, and says what it was asked.
WORKER = """#!{python}
import json, sys, time
for line in sys.stdin:
    request = json.loads(line)
    end = time.process_time() + 0.03
    while time.process_time() < end:
        pass
    with open("asked", "a") as file:
        file.write(" ".join(request["arguments"]) + chr(10))
    print(json.dumps({{"exitCode": {exit_code}, "output": "no such source"}}), flush=True)
"""


class Answering(Recorded):
    """Answers each command of Bazel's with a text of its own."""

    def __init__(self, folder: Path, answers: dict[str, str]) -> None:
        super().__init__(folder)
        self.answers = answers

    def bazel(self, *arguments: str, **_: object) -> Result:
        """Record a call of Bazel."""
        self.take(*arguments)
        return Result(self.exit_code, self.answers.get(arguments[0], ""), "")


def serving(folder: Path, exit_code: int = 0) -> Answering:
    """Give a checkout whose service is checked by a worker of the test's."""
    worker = folder / "typed"
    worker.write_text(WORKER.format(python=sys.executable, exit_code=exit_code))
    worker.chmod(0o755)
    arguments = ["typed", "--target=//services/fastapi_ml", "--report=bin/report"]
    others = ["typed", "--target=//services/fastapi_ml:app", "--report=bin/other"]
    actions = [{"arguments": others}, {"arguments": [*arguments, "--output=bin/it"]}]
    answers = {"info": f"{folder}\n", "aquery": json.dumps({"actions": actions})}
    return Answering(folder, answers)


def test_chain_is_read_from_its_program_even_over_budget(tmp_path: Path) -> None:
    checkout = Answering(tmp_path, {"run": MEASURED})
    checkout.exit_code = 1

    got = type_checks.chain(checkout)

    assert checkout.calls == [("run", "//tools/checks/typed:measure")]
    assert [figure.value for figure in got] == [2.10, 9.67, 1.0]
    assert [figure.is_within for figure in got] == [True, False, True]


def test_chain_that_says_nothing_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="measure failed"):
        type_checks.chain(Answering(tmp_path, {"run": "no such target\n"}))


def test_service_is_asked_of_a_worker_outside_the_build_s_outputs(
    tmp_path: Path,
) -> None:
    checkout = serving(tmp_path)

    (figure,) = type_checks.service(checkout)

    requests = (tmp_path / "asked").read_text().splitlines()
    assert len(requests) == type_checks.ROUNDS + 1
    assert len(figure.samples) == type_checks.ROUNDS
    assert figure.value > 0
    assert all("--target=//services/fastapi_ml " in request for request in requests)
    assert not any("bin/" in request for request in requests)


def test_check_that_fails_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="the check failed:\nno such source"):
        type_checks.service(serving(tmp_path, exit_code=1))


def test_service_without_the_action_is_named(tmp_path: Path) -> None:
    checkout = Answering(tmp_path, {"aquery": '{"actions": []}'})

    with pytest.raises(SystemExit, match="fastapi_ml has no action MypyCheck"):
        type_checks.action(checkout)
