"""Tests of answers to Bazel's requests."""

import io
import json
import os
import sys
from collections.abc import Sequence

import pytest

from tools.py_action.worker import forked, serve


def test_child_gives_its_code_and_words() -> None:
    def check() -> int:
        print("said")
        print("complained", file=sys.stderr)
        return 3

    assert forked(check) == (3, "said\ncomplained\n")


def test_child_that_raises_fails_and_shows_where() -> None:
    def check() -> int:
        raise ValueError("broken inside")

    code, said = forked(check)

    assert code == 1
    assert "ValueError: broken inside" in said


def test_child_leaves_the_worker_as_it_was() -> None:
    seen: list[int] = []

    def check() -> int:
        seen.append(os.getpid())
        return 0

    assert forked(check) == (0, "")
    assert seen == []


def test_each_request_is_answered_in_turn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def check(arguments: Sequence[str]) -> int:
        print(*arguments)
        return len(arguments)

    requests = [
        {"arguments": ["a"], "inputs": [{"path": "p", "digest": "d"}], "requestId": 7},
        {"arguments": []},
    ]
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))

    assert serve(check) == 0

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert answers == [
        {"exitCode": 1, "output": "a\n", "requestId": 7},
        {"exitCode": 0, "output": "\n", "requestId": 0},
    ]
