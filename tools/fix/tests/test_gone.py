"""Tests of sources that are renamed, moved or deleted."""

import pytest

from tools.fix.tests.repositories import Repository

TEST = "from libs.a.one import A\n\n\ndef test_it():\n    assert A\n"


@pytest.fixture
def committed(repository: Repository) -> Repository:
    """Return a repository with a library of two modules, and a test."""
    repository.write(
        {
            "libs/a/one.py": "A = 1\n",
            "libs/a/two.py": "B = 1\n",
            "libs/a/tests/test_one.py": TEST,
        }
    )
    assert repository.fix() == 0
    repository.commit()
    return repository


def test_deleted_module_leaves_srcs(committed: Repository) -> None:
    committed.remove("libs/a/two.py")

    assert committed.fix() == 0
    assert 'srcs = ["one.py"]' in committed.build("libs/a")


def test_deleted_test_goes_with_its_build_file(committed: Repository) -> None:
    committed.remove("libs/a/tests/test_one.py")

    assert committed.fix() == 0
    assert list(committed.build_files()) == ["libs/a/BUILD.bazel"]


def test_renamed_test_keeps_what_is_set_for_it(committed: Repository) -> None:
    path = "libs/a/tests/BUILD.bazel"
    text = committed.read(path).replace('"small"', '"large"')
    committed.write({path: text})
    committed.commit()
    committed.move("libs/a/tests/test_one.py", "libs/a/tests/test_uno.py")

    assert committed.fix() == 0
    assert committed.read(path) == text.replace("test_one", "test_uno")


def test_renamed_source_is_followed_however_it_is_written(
    committed: Repository,
) -> None:
    path = "libs/a/tests/BUILD.bazel"
    text = committed.read(path).replace('"small"', '"large"')
    committed.write({path: text.replace('"test_one.py"', '":test_one.py"')})
    committed.commit()
    committed.move("libs/a/tests/test_one.py", "libs/a/tests/test_uno.py")

    assert committed.fix() == 0
    assert committed.read(path) == text.replace("test_one", "test_uno")


def test_renamed_module_stays_in_its_target(committed: Repository) -> None:
    path = "libs/a/BUILD.bazel"
    committed.write({path: committed.read(path).replace('name = "a"', 'name = "b"')})
    committed.fix()
    committed.commit()
    committed.remove("libs/a/two.py")
    committed.write({"libs/a/due.py": "C = 2\n"})

    assert committed.fix() == 0
    assert 'name = "b",\n    srcs = [\n        "due.py",\n        "one.py",\n' in (
        committed.build("libs/a")
    )


def test_module_moves_to_another_library_and_its_users_with_it(
    committed: Repository,
) -> None:
    committed.move("libs/a/one.py", "libs/b/one.py")
    committed.write({"libs/a/tests/test_one.py": TEST.replace("libs.a", "libs.b")})

    assert committed.fix() == 0
    assert 'srcs = ["two.py"]' in committed.build("libs/a")
    assert 'srcs = ["one.py"]' in committed.build("libs/b")
    assert 'deps = ["//libs/b"]' in committed.build("libs/a/tests")
    assert '"//libs/a/..."' in committed.build("libs/b")


def test_target_without_sources_that_is_used_is_a_decision(
    committed: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    committed.write(
        {"BUILD.bazel": 'filegroup(\n    name = "all",\n    srcs = ["//libs/a"],\n)\n'}
    )
    committed.commit()
    for path in ("one.py", "two.py", "tests/test_one.py"):
        committed.remove(f"libs/a/{path}")

    assert committed.fix() == 1
    line = (
        committed.read("libs/a/BUILD.bazel").split("py_library(\n")[0].count("\n") + 1
    )
    assert capsys.readouterr().err == (
        f"libs/a/BUILD.bazel:{line}: //libs/a has no source left, and //:all name it: take "
        "it out there, or give it a source.\n"
    )
    before = committed.build_files()
    assert committed.fix() == 1
    assert committed.build_files() == before


def test_library_that_is_gone_leaves_the_deps_of_its_users(
    committed: Repository,
) -> None:
    committed.write({"libs/a/tests/conftest.py": "A = 1\n"})
    committed.fix()
    committed.commit()
    assert 'deps = [\n        ":conftest",\n' in committed.build("libs/a/tests")
    committed.remove("libs/a/tests/conftest.py")

    assert committed.fix() == 0
    assert "conftest" not in committed.build("libs/a/tests")
    assert 'deps = ["//libs/a"]' in committed.build("libs/a/tests")


def test_what_stood_for_a_library_that_is_gone_goes_too(committed: Repository) -> None:
    written = 'py_library(\n    name = "f",\n    deps = ["//libs/a"],\n)\n'
    committed.write({"other/f/BUILD.bazel": written})
    committed.commit()
    for path in ("one.py", "two.py", "tests/test_one.py"):
        committed.remove(f"libs/a/{path}")

    assert committed.fix() == 0
    assert committed.build_files() == {}


def test_project_that_is_deleted_leaves_nothing(committed: Repository) -> None:
    for path in ("one.py", "two.py", "tests/test_one.py"):
        committed.remove(f"libs/a/{path}")

    assert committed.fix() == 0
    assert committed.build_files() == {}


def test_source_that_another_target_writes_is_not_gone(committed: Repository) -> None:
    made = (
        'genrule(\n    name = "made",\n    outs = ["made.py"],\n    cmd = ":",\n)\n\n'
        'py_library(\n    name = "b",\n    srcs = ["made.py"],\n)\n'
    )
    committed.write({"libs/b/BUILD.bazel": made})

    assert committed.fix() == 0
    assert 'srcs = ["made.py"]' in committed.read("libs/b/BUILD.bazel")
