"""Tests of what is touched by a change of who may use a target."""

from pathlib import Path

import pytest

from tools.build_files.visibility import PackageGroup
from tools.graph.affected.tests.repository import (
    Repository,
    package_group,
    rule,
    source,
)
from tools.graph.affected.visibility import exports_of, groups_of

FILE = "libs/a/BUILD.bazel"
BUILD = 'package_group(name = "users", packages = ["//s/one/...", "//s/two"])\n'
ANSWER = (
    rule("//libs/a:a", "py_library", f"{FILE}:9", seen_by="//libs/a:users")
    + rule("//libs/a:b", "py_library", f"{FILE}:9", seen_by="//visibility:public")
    + rule("//s/one:one", "py_library", "s/one/BUILD.bazel:1", "//libs/a:a")
    + rule("//s/two:two", "py_library", "s/two/BUILD.bazel:1", "//libs/a:a")
    + rule("//s/two:b", "py_library", "s/two/BUILD.bazel:2", "//libs/a:b")
    + rule("//s/two:f", "py_library", "s/two/BUILD.bazel:3", "//libs/a:f.txt")
    + source("//libs/a:f.txt")
    + "".join(source(f"//{it}:BUILD.bazel") for it in ("libs/a", "s/one", "s/two"))
)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.write("libs/a/BUILD.bazel", BUILD)
    made.write("s/one/BUILD.bazel")
    made.write("s/two/BUILD.bazel")
    made.commit()
    return made


def test_package_that_a_group_lets_in_no_longer_is_touched(
    repository: Repository,
) -> None:
    repository.write(FILE, BUILD.replace('"//s/two"', ""))
    group = package_group("//libs/a:users", "//s/one/...")

    roots = repository.roots(ANSWER + group)

    assert roots.reasons == {"//s/two": FILE}
    assert roots.no_input == []


def test_package_that_a_group_lets_in_anew_is_touched(repository: Repository) -> None:
    repository.write(FILE, BUILD.replace('"//s/two"', '"//s/two", "//s/three"'))
    group = package_group("//libs/a:users", "//s/one/...", "//s/two", "//s/three")
    new = rule("//s/three:t", "py_library", "s/three/BUILD.bazel:1", "//libs/a:a")

    assert repository.roots(ANSWER + group + new).reasons == {"//s/three:t": FILE}


def test_group_that_is_gone_touches_all_users(repository: Repository) -> None:
    repository.write(FILE)

    assert set(repository.roots(ANSWER).reasons) == {"//s/one", "//s/two"}


def test_group_that_says_the_same_in_other_words_touches_nothing(
    repository: Repository,
) -> None:
    repository.write(FILE, BUILD.replace('"//s/two"', '"//s/two/..."'))
    group = package_group("//libs/a:users", "//s/one/...", "//s/two/...")

    assert repository.roots(ANSWER + group).reasons == {}


def test_file_that_is_exported_otherwise_touches_its_users(
    repository: Repository,
) -> None:
    exports = 'exports_files(["f.txt"], visibility = ["//visibility:private"])\n'
    repository.write(FILE, BUILD + exports)
    group = package_group("//libs/a:users", "//s/one/...", "//s/two")

    assert repository.roots(ANSWER + group).reasons == {"//s/two:f": FILE}


def test_group_that_an_included_one_changes_touches_its_users(
    repository: Repository,
) -> None:
    more = 'package_group(name = "more", packages = ["//s/two"])\n'
    included = (
        'package_group(name = "users", packages = ["//s/one"], includes = [":more"])\n'
    )
    repository.write(FILE, more + included)
    repository.commit()
    repository.write(FILE, more.replace("//s/two", "//s/none") + included)
    groups = package_group(
        "//libs/a:users", "//s/one", includes="//libs/a:more"
    ) + package_group("//libs/a:more", "//s/none")

    assert repository.roots(ANSWER + groups).reasons == {"//s/two": FILE}


def test_groups_that_are_written_out_are_read() -> None:
    text = (
        'load("//x:defs.bzl", "PACKAGES")\n'
        'HERE = ["//a"]\n'
        'package_group(name = "users", packages = HERE, includes = [":more"])\n'
        'package_group(name = "more")\n'
        'package_group(name = "made", packages = PACKAGES)\n'
    )

    assert groups_of(text, "libs/BUILD.bazel") == {
        "//libs:users": PackageGroup(("//a",), ("//libs:more",)),
        "//libs:more": PackageGroup(),
    }


def test_text_that_is_no_starlark_has_no_groups() -> None:
    assert groups_of("def (", "libs/BUILD.bazel") == {}


def test_exports_are_read() -> None:
    text = 'exports_files(["a"])\nexports_files(srcs = ["b"], visibility = ["//x:g"])\n'

    found = exports_of(text, "libs/BUILD.bazel")

    assert found["//libs:a"] == []
    assert "//x:g" in found["//libs:b"][0]
