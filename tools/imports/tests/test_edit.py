"""Tests of edits to BUILD files: what changes, and all that doesn't."""

import pytest

from tools.imports.edit import EditError, change_list, ensure_load, relative_label

BEFORE = '''"""A library."""

load("@rules_python//python:py_library.bzl", "py_library")

# Says why.
py_library(
    name = "api",
    srcs = ["a.py"],
    visibility = ["//x:__pkg__"],  # é
    deps = [
        # The queue.
        "//libs/mq",
        "@pip//numpy",  # fast
        "@pip//zzz",
    ],
)

py_library(name = "one", srcs = ["b.py"])
'''


def edit(*change: tuple[bool, str], name: str = "api", text: str = BEFORE) -> str:
    return change_list(text, "svc/api/BUILD.bazel", name, "deps", change)


def test_added_labels_stand_in_buildifier_order_and_comments_stay() -> None:
    got = edit((True, "@pip//a_b"), (True, ":local"), (True, "//libs/ml"))

    assert got == BEFORE.replace(
        "        # The queue.\n",
        '        ":local",\n        "//libs/ml",\n        # The queue.\n',
    ).replace(
        '        "@pip//numpy",  # fast\n',
        '        "@pip//a_b",\n        "@pip//numpy",  # fast\n',
    )


def test_a_label_that_is_there_in_another_spelling_is_not_added() -> None:
    assert edit((True, "//libs/mq:mq"), (True, "@pip//numpy:pkg")) == BEFORE


def test_a_removed_label_takes_its_comments_along() -> None:
    got = edit((False, "//libs/mq"), (False, "@pip//numpy"))

    assert 'deps = ["@pip//zzz"],\n)' in got
    assert "queue" not in got


def test_the_last_label_takes_the_attribute_along() -> None:
    got = edit((False, "//libs/mq"), (False, "@pip//numpy"), (False, "@pip//zzz"))

    assert '    visibility = ["//x:__pkg__"],  # é\n)\n' in got


def test_removing_from_a_target_without_the_list_changes_nothing() -> None:
    text = BEFORE.replace("deps", "data")

    assert edit((False, "@pip//numpy"), text=text) == text


def test_deps_are_added_to_a_target_without_any() -> None:
    got = edit((True, "@pip//a"), text=BEFORE.replace("deps = [", "data = ["))

    assert '    ],\n    deps = ["@pip//a"],\n)\n' in got


def test_deps_are_added_to_a_target_on_one_line() -> None:
    got = edit((True, "@pip//a"), name="one")

    assert got.endswith(
        'py_library(name = "one", srcs = ["b.py"], deps = ["@pip//a"])\n'
    )


def test_a_macro_that_takes_sources_is_edited_for_what_it_makes() -> None:
    text = BEFORE.replace("py_library(name", "worker(name")

    got = edit((True, "@pip//a"), name="one_lib", text=text)

    assert got.endswith('worker(name = "one", srcs = ["b.py"], deps = ["@pip//a"])\n')


def test_a_macro_that_takes_no_python_is_left_alone() -> None:
    text = BEFORE + 'py_image(\n    name = "image",\n    binary = ":one",\n)\n'

    with pytest.raises(EditError) as caught:
        edit((True, "//libs/ml"), name="image.run", text=text)

    assert str(caught.value) == "image.run is made by py_image, which takes no deps"


def test_a_select_beside_the_list_stays() -> None:
    text = BEFORE.replace("    ],\n)", '    ] + select({"//c:d": ["//e"]}),\n)')

    got = edit((True, "//libs/ml"), text=text)

    assert '] + select({"//c:d": ["//e"]}),' in got
    assert '"//libs/ml",\n' in got


def test_an_unchanged_list_is_the_same_bytes() -> None:
    assert edit() == BEFORE


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("other", BEFORE, "no target other"),
        ("api", BEFORE.replace('"@pip//zzz",', "ZZZ,"), "an element is no string"),
    ],
)
def test_a_list_that_an_edit_would_spoil_is_refused(
    name: str, text: str, message: str
) -> None:
    with pytest.raises(EditError, match=message):
        edit((True, "//x"), name=name, text=text)


def test_a_label_of_the_own_package_is_written_short() -> None:
    assert relative_label("//svc/api", "svc/api") == ":api"
    assert relative_label("//svc/api:x", "svc/api") == ":x"
    assert relative_label("//svc", "svc/api") == "//svc"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ('"""D."""\n', '"""D."""\n\nload("//b:c.bzl", "s")\n'),
        (
            '"""D."""\n\npackage()\n',
            '"""D."""\n\nload("//b:c.bzl", "s")\n\npackage()\n',
        ),
        (
            'load("@a//b.bzl", "t")\nload("//z.bzl", "u")\n\npackage()\n',
            'load("@a//b.bzl", "t")\nload("//b:c.bzl", "s")\nload("//z.bzl", "u")\n\n'
            "package()\n",
        ),
        ('load("//b:c.bzl", "s")\n', 'load("//b:c.bzl", "s")\n'),
    ],
)
def test_a_load_is_put_in_order(text: str, want: str) -> None:
    assert ensure_load(text, "//b:c.bzl", "s") == want


@pytest.mark.parametrize(
    "srcs", ['glob(["*.py"])', '[f for f in ["a.py"]]', 'select({"//c:d": ["a.py"]})']
)
def test_sources_that_are_no_list_are_refused(srcs: str) -> None:
    text = f'py_library(\n    name = "one",\n    srcs = {srcs},\n)\n'

    with pytest.raises(EditError, match="line 3: srcs is no list"):
        change_list(text, "svc/api/BUILD.bazel", "one", "srcs", [(True, "b.py")])


def test_source_joins_the_list_beside_a_glob() -> None:
    text = 'py_library(\n    name = "one",\n    srcs = glob(["x*.py"]) + ["c.py"],\n)\n'

    got = change_list(text, "svc/api/BUILD.bazel", "one", "srcs", [(True, "b.py")])

    assert 'srcs = glob(["x*.py"]) + [\n        "b.py",\n        "c.py",\n    ],' in got
