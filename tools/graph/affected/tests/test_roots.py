"""Tests of what a change touches at once."""

from pathlib import Path

import pytest

from tools.graph.affected.tests.repository import Repository, rule, source

BUILD = """load("//tools/image:defs.bzl", "image")

py_library(name = "a", srcs = glob(["*.py"]))

image(name = "image")
"""
LOCK = """numpy==2.0 \\
    --hash=sha256:01
pytest==9.0 \\
    --hash=sha256:02
"""
ANSWER = (
    rule("//libs/a:a", "py_library", "libs/a/BUILD.bazel:3", "//libs/a:a.py")
    + rule("//libs/a:image", "oci_image", "libs/a/BUILD.bazel:5", "//libs/a:a")
    + rule("//libs/a:image.run", "boot", "libs/a/BUILD.bazel:5", "//libs/a:data")
    + rule("//libs:all", "py_library", "libs/BUILD.bazel:1", "@pip//numpy:numpy")
    + rule("//tools/check:program", "py_binary", "tools/check/BUILD.bazel:1")
    + rule("//tools:files", "filegroup", "tools/BUILD.bazel:1", "@tree//:files.txt")
    + rule("//tools:all", "filegroup", "tools/BUILD.bazel:2", "@tree//:builds")
    + rule("@tree//:builds", "filegroup", "/BUILD:1", "@tree//:b/libs/BUILD.bazel.txt")
    + "".join(
        source(f"//{package}:BUILD.bazel")
        for package in ("libs/a", "libs", "tools/check", "tools/image")
    )
    + source("//libs/a:a.py")
    + source("//libs/a:data")
)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a repository with a library, its image, and what checks every target."""
    made = Repository(tmp_path)
    made.write(".bazelrc", "build --aspects=//tools/check:defs.bzl%check\n")
    made.write("MODULE.bazel", 'use_extension("//tools/x:extension.bzl", "x")\n')
    made.write("requirements_lock.txt", LOCK)
    made.write("README.md")
    made.write("libs/BUILD.bazel", 'py_library(name = "all")\n')
    made.write("libs/a/BUILD.bazel", BUILD)
    made.write("libs/a/a.py")
    made.write("libs/a/data/deep/file")
    made.write("tools/check/BUILD.bazel", 'py_binary(name = "program")\n')
    made.write("tools/check/defs.bzl", 'PROGRAM = ":program"\n')
    made.write("tools/image/BUILD.bazel")
    made.write("tools/image/defs.bzl", "def image(name): pass\n")
    made.write("tools/x/extension.bzl", "x = 1\n")
    made.commit()
    return made


def test_nothing_touches_nothing(repository: Repository) -> None:
    roots = repository.roots(ANSWER)

    assert (roots.reasons, roots.everything, roots.no_input) == ({}, "", [])


def test_source_is_touched(repository: Repository) -> None:
    repository.write("libs/a/a.py", "A = 1\n")

    assert repository.roots(ANSWER).reasons == {"//libs/a:a.py": "libs/a/a.py"}


def test_file_in_a_folder_that_is_an_input_touches_the_folder(
    repository: Repository,
) -> None:
    repository.write("libs/a/data/deep/file", "1")

    assert repository.roots(ANSWER).reasons == {
        "//libs/a:data": "libs/a/data/deep/file"
    }


def test_file_that_nothing_is_made_from_is_told(repository: Repository) -> None:
    repository.write("README.md", "# Title\n")

    roots = repository.roots(ANSWER)

    assert (roots.reasons, roots.no_input) == ({}, ["README.md"])


def test_new_file_changes_the_inventory(repository: Repository) -> None:
    repository.write("libs/a/new.txt")

    roots = repository.roots(ANSWER)

    assert roots.reasons == {"@tree//:files.txt": "libs/a/new.txt"}
    assert roots.no_input == ["libs/a/new.txt"]


def test_file_that_is_gone_touches_whose_glob_had_it(repository: Repository) -> None:
    (repository.root / "libs/a/a.py").unlink()

    assert set(repository.roots(ANSWER).reasons) == {
        "//libs/a",
        "//libs/a:a.py",
        "@tree//:files.txt",
        "@tree//:builds",
        "@tree//:b/libs/BUILD.bazel.txt",
    }


def test_rule_that_changes_is_touched_with_all_that_a_macro_makes(
    repository: Repository,
) -> None:
    repository.write(
        "libs/a/BUILD.bazel", BUILD.replace('= "image"', '= "image", x = 1')
    )

    assert set(repository.roots(ANSWER).reasons) == {
        "//libs/a:image",
        "//libs/a:image.run",
    }


def test_content_that_the_inventory_tells_is_touched(repository: Repository) -> None:
    repository.write("libs/BUILD.bazel", '# Why.\npy_library(name = "all")\n')

    roots = repository.roots(ANSWER)

    assert set(roots.reasons) == {"@tree//:b/libs/BUILD.bazel.txt"}


def test_new_package_touches_the_one_around_it(repository: Repository) -> None:
    repository.write("libs/new/BUILD.bazel", 'py_library(name = "new")\n')
    answer = rule("//libs/new:new", "py_library", "libs/new/BUILD.bazel:1")

    roots = repository.roots(ANSWER + answer + source("//libs/new:BUILD.bazel"))

    assert {"//libs/new", "//libs:all"} <= roots.reasons.keys()


def test_package_that_was_no_starlark_is_touched_as_a_whole(
    repository: Repository,
) -> None:
    repository.write("libs/BUILD.bazel", "def (\n")
    repository.commit()
    repository.write("libs/BUILD.bazel", 'py_library(name = "all")\n')

    assert "//libs:all" in repository.roots(ANSWER).reasons


def test_loaded_file_touches_the_rules_that_use_it(repository: Repository) -> None:
    repository.write("tools/image/defs.bzl", "def image(name): return\n")

    assert repository.roots(ANSWER).reasons == {
        "//libs/a:image": "tools/image/defs.bzl",
        "//libs/a:image.run": "tools/image/defs.bzl",
    }


def test_comment_in_a_loaded_file_touches_nothing(repository: Repository) -> None:
    repository.write("tools/image/defs.bzl", "# Why.\ndef image(name): pass\n")

    roots = repository.roots(ANSWER)

    assert (roots.reasons, roots.no_input) == ({}, [])


@pytest.mark.parametrize(
    "path",
    [
        ".bazelrc",
        "MODULE.bazel",
        "REPO.bazel",
        "bazelw",
        "libs/more.MODULE.bazel",
        "tools/debian/modules/x/defs.bzl",
        "tools/x/extension.bzl",
    ],
)
def test_what_all_stands_on_touches_all(repository: Repository, path: str) -> None:
    file = repository.root / path
    text = file.read_text() if file.exists() else ""
    repository.write(path, text.replace('"program")', '"program", x = 1)') + "Y = 1\n")

    assert repository.roots(ANSWER).everything == path


@pytest.mark.parametrize("path", [".bazelrc", "MODULE.bazel", "tools/x/extension.bzl"])
def test_comment_in_what_all_stands_on_touches_nothing(
    repository: Repository, path: str
) -> None:
    text = (repository.root / path).read_text()
    repository.write(path, f"# Why.\n\n{text}")

    roots = repository.roots(ANSWER)

    assert (roots.reasons, roots.everything) == ({}, "")


@pytest.mark.parametrize("path", ["tools/check/BUILD.bazel", "tools/check/defs.bzl"])
def test_what_only_checks_stand_on_touches_the_checks(
    repository: Repository, path: str
) -> None:
    text = (repository.root / path).read_text()
    repository.write(path, text.replace('"program")', '"program", x = 1)') + "Y = 1\n")

    roots = repository.roots(ANSWER)

    assert (roots.checks, roots.everything) == (path, "")
    assert "//libs:all" not in roots.reasons


def test_target_that_is_gone_touches_who_names_it(repository: Repository) -> None:
    repository.write("libs/a/BUILD.bazel", 'image(name = "image")\n')
    named = rule("//libs:user", "py_library", "libs/BUILD.bazel:2", "//libs/a:b")

    reasons = repository.roots(ANSWER + named).reasons

    assert reasons["//libs/a:b"] == "libs/a/BUILD.bazel"


def test_file_that_a_new_package_takes_touches_who_names_it(
    repository: Repository,
) -> None:
    repository.write("libs/a/data/BUILD.bazel")
    named = rule("//libs:user", "py_library", "libs/BUILD.bazel:2", "//libs/a:data/x")

    reasons = repository.roots(ANSWER + named).reasons

    assert reasons["//libs/a:data/x"] == "libs/a/data/BUILD.bazel"


def test_pins_and_hashes_touch_their_distributions(repository: Repository) -> None:
    changed = LOCK.replace("2.0", "2.1").replace(":02", ":03")
    repository.write("requirements_lock.txt", f"{changed}new==1 --hash=sha256:4\n")

    assert set(repository.roots(ANSWER).reasons) == {
        "@pip//new",
        "@pip//numpy",
        "@pip//pytest",
    }


def test_comment_in_the_lock_touches_no_distribution(repository: Repository) -> None:
    repository.write("requirements_lock.txt", f"# Why.\n{LOCK}")

    roots = repository.roots(ANSWER)

    assert (roots.reasons, roots.no_input) == ({}, ["requirements_lock.txt"])


def test_lock_that_cannot_be_read_touches_all(repository: Repository) -> None:
    repository.write("requirements_lock.txt", "--index-url x\n")

    assert repository.roots(ANSWER).everything == "requirements_lock.txt"


def test_conftest_that_comes_touches_the_tests_below(repository: Repository) -> None:
    repository.write("libs/a/conftest.py")
    below = rule("//libs/a:test_a", "py_test", "libs/a/BUILD.bazel:7", "//libs/a:a")
    beside = rule("//libs:test_all", "py_test", "libs/BUILD.bazel:2")

    reasons = repository.roots(ANSWER + below + beside).reasons

    assert "//libs/a:test_a" in reasons
    assert reasons.keys().isdisjoint({"//libs/a", "//libs:all", "//libs:test_all"})


@pytest.mark.parametrize(
    ("path", "named_by", "line"),
    [
        (".bazeliskrc", "README.md", ""),
        ("MODULE.bazel.lock", "README.md", ""),
        ("tools/ci.rc", ".bazelrc", "import %workspace%/tools/ci.rc"),
        ("tools/deep.rc", "all.rc", "try-import '%workspace%/tools/deep.rc'"),
        ("tools/x/fix.patch", "MODULE.bazel", 'p(patches = ["//tools/x:fix.patch"])'),
        (
            "tools/x/helper.py",
            "tools/x/extension.bzl",
            'H = Label("//tools/x:helper.py")',
        ),
        ("tools/y/y.bzl", "y.MODULE.bazel", 'use_extension("//tools/y:y.bzl", "y")'),
    ],
)
def test_what_bazel_starts_from_touches_everything(
    repository: Repository, path: str, named_by: str, line: str
) -> None:
    repository.write(
        "MODULE.bazel",
        'include("//:y.MODULE.bazel")\nuse_extension("//tools/x:extension.bzl", "x")\n',
    )
    repository.write(".bazelrc", "import %workspace%/all.rc\n")
    repository.write("tools/x/BUILD.bazel")
    repository.write("tools/y/BUILD.bazel")
    told = repository.root / named_by
    repository.write(
        named_by, (told.read_text() if told.exists() else "") + line + "\n"
    )
    repository.write(path, "a = 1\n")
    repository.commit()
    repository.write(path, "a = 2\n")

    assert repository.roots(ANSWER).everything == path


def test_submodule_touches_what_is_made_from_its_files(repository: Repository) -> None:
    repository.write("libs/a/sub/file")
    Repository(repository.root / "libs/a/sub").commit()
    answer = ANSWER + rule(
        "//libs/a:s", "x", "libs/a/BUILD.bazel:9", "//libs/a:sub/file"
    )

    assert "//libs/a:sub/file" in repository.roots(answer).reasons


@pytest.mark.parametrize(
    "path", ["libs/a/BUILD.bazel", ".bazelrc", "requirements_lock.txt"]
)
def test_bytes_that_bazel_takes_are_read(repository: Repository, path: str) -> None:
    file = repository.root / path
    file.write_bytes(b"# caf\xe9\n" + file.read_bytes())
    repository.commit()
    repository.write("libs/a/a.py", "A = 1\n")
    file.write_bytes(file.read_bytes() + b"# \xe9\n")

    assert "//libs/a:a.py" in repository.roots(ANSWER).reasons
