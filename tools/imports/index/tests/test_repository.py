"""Tests of what the BUILD files of a repository say."""

from pathlib import Path

import pytest

from tools.build_files.index import read_index
from tools.build_files.visibility import may_see
from tools.imports.index.repository import (
    Repository,
    describe_visibility,
    distributions_of,
    format_repository,
    main,
    read_distributions,
)
from tools.workspace.labels import absolute_label

ML = """
package(default_visibility = [":users"])

package_group(name = "users", packages = ["//svc/..."], includes = [":more"])

package_group(name = "more", packages = ["//ops", "-//svc/old"])

alias(name = "short", actual = ":ml")

py_library(name = "ml", srcs = ["a.py"])

py_library(
    name = "secret",
    srcs = glob(["inner/*.py"]) + ["b.py"],
    visibility = ["//visibility:private"],
)

py_library(name = "open", srcs = ["c.py"], visibility = ["//visibility:public"])

pytest_test(name = "test_a", srcs = ["a.py"])
"""
FILES = ["libs/ml/a.py", "libs/ml/b.py", "libs/ml/c.py", "libs/ml/d.py"]


@pytest.fixture
def repository() -> Repository:
    return read_repository(ML, "libs/ml/inner/x.py")


def read_repository(text: str, *more: str) -> Repository:
    path = "libs/ml/BUILD.bazel"
    index, _ = read_index([path, *FILES, *more], {path: text})
    return Repository(format_repository(index))


def test_default_visibility_and_groups_are_resolved(repository: Repository) -> None:
    got = repository.owners["//libs/ml"].visibility

    assert got == ["-//svc/old", "//ops", "//svc/..."]


def test_a_private_target_is_shown_to_nobody(repository: Repository) -> None:
    secret = repository.owners["//libs/ml:secret"]

    assert secret.visibility == []
    assert describe_visibility(secret) == "private"
    assert secret.paths == ["libs/ml/inner/x.py", "libs/ml/b.py"]


def test_a_file_without_a_target_is_unowned(repository: Repository) -> None:
    assert repository.unowned == {"libs.ml.d"}


def test_a_file_group_is_no_library_and_may_be_the_sources_of_one() -> None:
    text = """
filegroup(name = "sources", srcs = ["a.py"])
filegroup(name = "data", srcs = ["b.py"])
py_library(name = "ml", srcs = [":sources"])
"""
    got = read_repository(text)

    assert [owner.label for owner in got.owners_of("libs.ml.a")] == ["//libs/ml"]
    assert got.owners_of("libs.ml.b") == []
    assert got.unowned == {"libs.ml.c", "libs.ml.d"}


def test_a_library_comes_before_a_test_with_the_same_file(
    repository: Repository,
) -> None:
    assert [o.label for o in repository.owners_of("libs.ml.a")] == ["//libs/ml"]


def test_aliases_are_spellings(repository: Repository) -> None:
    assert repository.spellings("//libs/ml") == ["//libs/ml", "//libs/ml:short"]


@pytest.mark.parametrize(
    ("visibility", "package", "want"),
    [
        (["//svc/..."], "svc", True),
        (["//svc/..."], "svc/a/b", True),
        (["//svc/..."], "svcx", False),
        (["//svc"], "svc/a", False),
        (["//..."], "any", True),
        (["//svc/...", "-//svc/old"], "svc/old", False),
        ([], "libs/ml", True),
        ([], "libs/ml/tests", False),
    ],
)
def test_visibility(visibility: list[str], package: str, want: bool) -> None:
    assert may_see(visibility, "libs/ml", package) is want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (":x", "//p/q:x"),
        ("x.py", "//p/q:x.py"),
        (":q", "//p/q"),
        ("//a/b:b", "//a/b"),
        ("@@//a/b:c", "//a/b:c"),
        ("@pip//numpy:pkg", "@pip//numpy"),
        ("@pip//numpy:data", "@pip//numpy:data"),
    ],
)
def test_labels_have_one_absolute_form(text: str, want: str) -> None:
    assert absolute_label(text, "p/q") == want


def test_the_longest_prefix_names_the_distribution() -> None:
    table = read_distributions("# x\nopentelemetry.sdk @pip//sdk\nyaml @pip//pyyaml\n")

    assert distributions_of(table, "yaml.nodes") == ["@pip//pyyaml"]
    assert distributions_of(table, "opentelemetry.sdk.trace") == ["@pip//sdk"]
    assert distributions_of(table, "opentelemetry.api") == []


def test_program_leaves_out_a_file_that_bazel_cannot_read_either(
    tmp_path: Path,
) -> None:
    (tmp_path / "torn").write_text("py_library(\n")
    (tmp_path / "whole").write_text(ML)
    build_files = ["libs/ml/BUILD.bazel", "libs/torn/BUILD.bazel"]
    listed = "".join(f"{path}\n" for path in [*FILES, *build_files])
    (tmp_path / "files").write_text(listed)
    (tmp_path / "ignored").write_text("# None.\n")

    exit_code = main(
        [
            f"--output={tmp_path}/index",
            f"--files={tmp_path}/files",
            f"--bazelignore={tmp_path}/ignored",
            f"--starlark=libs/torn/BUILD.bazel={tmp_path}/torn",
            f"--starlark=libs/ml/BUILD.bazel={tmp_path}/whole",
        ]
    )

    assert exit_code == 0
    index = Repository((tmp_path / "index").read_text())
    assert sorted(index.owners) == [
        "//libs/ml",
        "//libs/ml:open",
        "//libs/ml:secret",
        "//libs/ml:test_a",
    ]
    assert index.unowned == {"libs.ml.d"}
