"""Tests of the command: what it reads, and where the page goes."""

import json
from pathlib import Path

import pytest

from tools.graph.dependencies import Graph
from tools.graph.picture import __main__ as command
from tools.schemas.check import checked
from tools.test_coverage.data.file_coverage import CoverageError, FileCoverage
from tools.test_coverage.data.run import Run
from tools.workspace.bazel import Bazel, BazelError
from tools.workspace.git import git

GRAPH = Graph(
    {"//libs/a": ["//libs/b"], "//libs/b": [], "//libs/a:image": []},
    {
        "//libs/a": "py_library",
        "//libs/b": "py_library",
        "//libs/a:image": "oci_image",
    },
)
BUILD = """\
owners(name = "owners", owners = ["@acme/a"])

py_library(name = "a", srcs = ["a.py"], visibility = ["//libs/c:__pkg__"])
"""
RUN = Run(files={"libs/a/a.py": FileCoverage(lines={1: 1, 2: 0})})


def no_run(_: Bazel) -> Run:
    """Have no report."""
    raise CoverageError("none")


def write_image(folder: Path) -> None:
    """Write what is read of an image: its index, and its manifest."""
    manifest = {"layers": [{"digest": "sha256:1", "size": 7}]}
    (folder / "blobs/sha256").mkdir(parents=True)
    (folder / "blobs/sha256/0").write_text(json.dumps(manifest))
    index = {"manifests": [{"digest": "sha256:0", "size": 1}]}
    (folder / "index.json").write_text(json.dumps(index))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a workspace of two libraries, of which one is affected."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "libs/a").mkdir(parents=True)
    (tmp_path / "libs/a/BUILD.bazel").write_text(BUILD)
    (tmp_path / "coverage.toml").write_text("[floor]\nlines = 80\nbranches = 60\n")
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("BUILD_WORKING_DIRECTORY", str(tmp_path / "libs"))
    monkeypatch.setattr(command, "read_graph", lambda *_: GRAPH)
    monkeypatch.setattr(command, "last_run", lambda _: RUN)
    monkeypatch.setattr(Bazel, "info", lambda *_: tmp_path / "bazel-bin")
    write_image(tmp_path / "bazel-bin/libs/a/image")
    monkeypatch.setattr(command, "labels_since", lambda *_: ["//libs/b"])
    return tmp_path


def test_page_goes_where_the_person_stands(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([]) == 0

    page = (root / "libs/graph.html").read_text()
    assert "//libs/a" in page
    assert capsys.readouterr().err == "wrote graph.html\n"


@pytest.mark.usefixtures("root")
def test_programs_get_all_that_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--affected", "--base=main", "--format=json"]
    assert command.main(words) == 0

    got = checked("picture", capsys.readouterr().out)
    a, b = got["projects"]
    assert (a["name"], a["owners"], a["coverage"]) == (
        "libs/a",
        ["@acme/a"],
        [50, True],
    )
    assert (b["name"], b["coverage"]) == ("libs/b", None)
    assert got["layers"] == [["sha256:1", 7]]
    assert [got["targets"][number][0] for number, _ in got["images"]] == [
        "//libs/a:image"
    ]
    assert got["shown"] == {"//libs/a": ["//libs/c"]}
    assert [got["targets"][number][0] for number in got["affected"]] == ["//libs/b"]


@pytest.mark.usefixtures("root")
def test_without_a_report_nothing_is_covered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "last_run", no_run)

    assert command.main(["--format=json"]) == 0

    got = checked("picture", capsys.readouterr().out)
    assert [project["coverage"] for project in got["projects"]] == [None, None]


@pytest.mark.usefixtures("root")
def test_graph_that_bazel_does_not_know_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(*_: object) -> Graph:
        raise BazelError("query failed")

    monkeypatch.setattr(command, "read_graph", failing)

    assert command.main([]) == 2
    assert "query failed" in capsys.readouterr().err
