"""Tests of which images are delivered, with a Bazel that answers as a test says."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tools.graph.dependencies import FIRST_PARTY, Graph
from tools.pipeline import deliver
from tools.workspace.bazel import PARTIAL_QUERY, Bazel, BazelError

PLAN = "//services/shop:image_plan"
OTHER = "//services/mail:image_plan"
# Each target, its kind, and what it depends on.
TARGETS = (
    ("//libs/price", "py_library", []),
    ("//libs/price:more", "py_library", []),
    ("//libs/price/tests:test_price", "py_test", ["//libs/price"]),
    ("//libs/price/tests:test_more", "py_test", ["//libs/price:more"]),
    ("//tools/image:base", "oci_layout", []),
    ("//tools/image:base_test", "image_test", ["//tools/image:base"]),
    ("//services/shop", "py_binary", ["//libs/price"]),
    ("//services/shop:image", "oci_image", ["//services/shop", "//tools/image:base"]),
    (PLAN, "push_plan", ["//services/shop:image"]),
    ("//services/shop:image_test", "image_test", ["//services/shop:image"]),
    ("//services/mail", "py_binary", ["//libs/price"]),
    (OTHER, "push_plan", ["//services/mail"]),
    ("//services/mail/tests:test_mail", "py_test", ["//services/mail"]),
    ("//services/tests:test_whole", "py_test", ["//services/shop", "//services/mail"]),
)
GRAPH = Graph(
    {label: list(inputs) for label, _, inputs in TARGETS},
    {label: kind for label, kind, _ in TARGETS},
)
TESTS = [label for label, kind, _ in TARGETS if kind.endswith("_test")]
SHOP = {
    "//libs/price",
    "//libs/price/tests:test_price",
    "//services/shop",
    "//services/shop:image_test",
    "//services/tests:test_whole",
}


def test_image_waits_for_its_code_and_the_tests_that_reach_it() -> None:
    assert deliver.deciding(GRAPH, PLAN, TESTS) == SHOP


def long(label: str) -> str:
    """Return a label as Bazel's events have it."""
    return label if ":" in label else f"{label}:{label.rpartition('/')[2]}"


@dataclass(frozen=True)
class Played(Bazel):
    """Bazel in which some targets fail, and which notes what is pushed."""

    failing: Sequence[str] = ()
    exit_code: int = 0
    stderr: str = ""
    pushed: list[str] = field(default_factory=list)

    def call(self, *arguments: str, **_: object) -> CompletedProcess[str]:
        """Answer a query, or push."""
        text = ""
        if arguments[0] == "run":
            self.pushed.extend(arguments)
            text = "2 pushed\n"
        elif "push_plan" in arguments[-1]:
            text = f"{PLAN}\n{OTHER}\n"
        elif "_test rule" in arguments[-1]:
            text = "\n".join(TESTS)
        elif arguments[-1] == FIRST_PARTY:
            lines = [
                {"type": "RULE", "rule": {"name": a, "ruleClass": b, "ruleInput": c}}
                for a, b, c in TARGETS
            ]
            text = "\n".join(map(json.dumps, lines))
            code = PARTIAL_QUERY if self.stderr else 0
            return CompletedProcess(arguments, code, text, self.stderr)
        return CompletedProcess(arguments, 0, text, "")

    def show(self, *arguments: str) -> int:
        """Write the events of a test run."""
        (file,) = (it for it in arguments if it.startswith("--build_event_json_file="))
        events = [
            {
                "id": {"targetCompleted": {"label": long(label)}},
                "completed": {"success": label not in self.failing},
            }
            for label in arguments[arguments.index("--") + 1 :]
        ]
        Path(file.partition("=")[2]).write_text("\n".join(map(json.dumps, events)))
        return self.exit_code


def run(bazel: Bazel) -> int:
    """Deliver as a pipeline does."""
    return deliver.deliver(bazel, "//...", ["--registry", "r"])


def test_all_is_sent_where_all_passes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bazel = Played(tmp_path)

    assert run(bazel) == 0
    assert bazel.pushed == [
        *("run", "--stamp", "//tools/image:push_all", "--"),
        *("--registry", "r", "//..."),
    ]
    assert capsys.readouterr().out == "2 pushed\n"


def test_image_whose_test_fails_is_held_and_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bazel = Played(tmp_path, failing=["//services/mail/tests:test_mail"], exit_code=3)

    assert run(bazel) == 1
    assert bazel.pushed[-1:] == [PLAN]
    text = "held     //services/mail:image: by //services/mail/tests:test_mail\n"
    assert capsys.readouterr().out == f"{text}2 pushed\n"


def test_library_that_fails_holds_all_that_it_is_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = ["//libs/price", "//libs/price/tests:test_price"]
    bazel = Played(tmp_path, failing=failing, exit_code=1)

    assert run(bazel) == 1
    assert bazel.pushed == []
    assert "held     //services/shop:image: by //libs/price\n" in (
        capsys.readouterr().out
    )


def test_bazel_that_comes_to_no_end_delivers_nothing(tmp_path: Path) -> None:
    bazel = Played(tmp_path, exit_code=8)

    with pytest.raises(BazelError, match="ended with exit code 8"):
        run(bazel)
    assert bazel.pushed == []


@pytest.mark.parametrize(
    "said",
    [
        "ERROR: package contains errors: services/mail/tests: syntax error at 'x'\n",
        "ERROR: error loading package 'services/mail/tests': no such file\n",
    ],
)
def test_package_that_cannot_be_loaded_holds_the_images_of_its_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    bazel = Played(tmp_path, stderr=said)

    assert run(bazel) == 1
    assert bazel.pushed[-1:] == [PLAN]
    out, err = capsys.readouterr()
    assert err == said
    assert out == (
        "held     any image of //services/mail/tests, which can't be loaded\n"
        "held     //services/mail:image: by //services/mail/tests\n"
        "2 pushed\n"
    )


def test_packages_that_bazel_leaves_out_without_a_name_stop_all(tmp_path: Path) -> None:
    bazel = Played(tmp_path, stderr="ERROR: of another form\n")

    with pytest.raises(BazelError, match="some packages can't be loaded"):
        run(bazel)
    assert bazel.pushed == []
