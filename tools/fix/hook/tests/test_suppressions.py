"""Tests of what the build accepts, and the hook with it."""

import json
from collections.abc import Mapping

import pytest

from tools.findings.finding import Finding
from tools.fix.hook.suppressions import without_accepted

FILE = "libs/legacy/old.py"
BASELINE = "libs/legacy/findings_baseline.jsonl"
BUILD = "libs/legacy/BUILD.bazel"


def finding(rule: str = "ruff/F401", line: int = 1, path: str = FILE) -> Finding:
    return Finding(path, line, 1, rule, "`os` imported but unused", "", "")


def record(
    rule: str = "ruff/F401", times: int = 1, target: str = "//libs/legacy"
) -> str:
    text = "`os` imported but unused"
    fields = {"path": FILE, "rule": rule, "target": target, "text": text}
    return json.dumps(fields | {"times": times}) + "\n"


def library(*tags: str, srcs: str = '["old.py"]') -> str:
    return f'py_library(name = "x", srcs = {srcs}, tags = {list(tags)!r})\n'


@pytest.mark.parametrize(
    ("files", "left"),
    [
        pytest.param({}, [1, 2], id="nothing"),
        pytest.param({BASELINE: record()}, [2], id="one recorded"),
        pytest.param({BASELINE: record(times=2)}, [], id="both recorded"),
        pytest.param(
            {BASELINE: record() + record(target="//libs/legacy:other")},
            [2],
            id="recorded for two targets",
        ),
        pytest.param({"findings_baseline.jsonl": record(times=2)}, [], id="above"),
        pytest.param(
            {"libs/findings_baseline.jsonl": "", BASELINE: record()}, [2], id="two"
        ),
        pytest.param({BASELINE: record("ruff/F811")}, [1, 2], id="another rule"),
        pytest.param({BUILD: library("no-ruff=old")}, [], id="switched off"),
        pytest.param(
            {BUILD: library("no-ruff=old", srcs='glob(["*.py"])')},
            [],
            id="by a pattern",
        ),
        pytest.param({BUILD: library("no-black=old")}, [1, 2], id="another check"),
        pytest.param(
            {BUILD: library("no-ruff=old") + library()}, [1, 2], id="on in one target"
        ),
        pytest.param(
            {BUILD: library(), "BUILD.bazel": library("no-ruff=old")},
            [1, 2],
            id="in another package",
        ),
        pytest.param(
            {"libs/BUILD.bazel": library("no-ruff=old", srcs='["legacy/old.py"]')},
            [],
            id="in the package above",
        ),
    ],
)
def test_accepted_findings_are_left_out(
    files: Mapping[str, str], left: list[int]
) -> None:
    got = without_accepted([finding(line=1), finding(line=2)], files.get)

    assert [each.line for each in got] == left


def test_files_are_judged_each_by_its_own() -> None:
    other = "services/new/app.py"
    files = {BASELINE: record(times=2)}

    got = without_accepted([finding(), finding(path=other)], files.get)

    assert [each.path for each in got] == [other]
