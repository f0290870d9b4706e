"""Tests of the command that rewrites deps and makes targets."""

import json
import subprocess
from pathlib import Path

import pytest

from tools.findings.baseline import FILE_NAME, format_baseline
from tools.findings.finding import Finding, format_report
from tools.imports.fix import Tree, loose_sources, main, mend_deps
from tools.workspace.fake_bazel import FakeBazel

LIBRARY = """py_library(
    name = "api",
    srcs = ["app.py"],
    deps = ["@pip//numpy"],
)
"""
PYTEST = '[tool.pytest]\npython_files = ["test_*.py", "*_test.py", "tests.py"]\n'
EDITS = "add //svc/api //libs/ml deps\nremove //svc/api @pip//numpy deps\n"
ONE = LIBRARY.replace("@pip//numpy", "//libs/ml")
FINDING = Finding(
    "svc/api/app.py", 1, 1, "imports/unresolved", "is odd", "", "//svc/api"
)


@pytest.fixture
def bazel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeBazel:
    """Return the Bazel of a workspace with one library, whose deps are right."""
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    put(tmp_path, "svc/api/BUILD.bazel", LIBRARY)
    put(tmp_path, "svc/api/app.py", "import numpy\n")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    bazel = FakeBazel(tmp_path)
    bazel.install()
    return bazel


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def edits(bazel: FakeBazel, text: str = EDITS, target: str = "svc/api/api") -> None:
    """Have the build leave edits for a target, here a line of words each."""
    keys = ("verb", "target", "label", "key")
    rows = (dict(zip(keys, line.split(), strict=True)) for line in text.splitlines())
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    bazel.outputs["import_edits"] = {f"{target}.imports_edits": lines}
    bazel.install()


def finds(bazel: FakeBazel, *findings: Finding) -> None:
    """Have the checks find this in the library."""
    bazel.outputs["findings"] = {
        "svc/api/api.imports.jsonl": format_report(findings),
        "svc/api/api.ruff.jsonl": format_report(
            [FINDING._replace(rule="ruff/F401", text="is another check's")]
        ),
    }
    bazel.install()


def text_of(bazel: FakeBazel, path: str = "svc/api/BUILD.bazel") -> str:
    return (bazel.root / path).read_text()


def test_tree_reads_its_edits_before_they_are_written(tmp_path: Path) -> None:
    put(tmp_path, "a/BUILD.bazel", "old\n")
    tree = Tree(tmp_path)

    tree.change("a/BUILD.bazel", "new\n")
    tree.change("b/BUILD.bazel", "")

    assert tree.read("a/BUILD.bazel") == "new\n"
    assert tree.read("b/BUILD.bazel") == ""
    assert (tmp_path / "a/BUILD.bazel").read_text() == "old\n"


def test_tree_writes_once_and_names_what_it_wrote(tmp_path: Path) -> None:
    put(tmp_path, "a/BUILD.bazel", "old\n")
    tree = Tree(tmp_path)
    tree.change("a/BUILD.bazel", "new\n")

    assert tree.write() == ["a/BUILD.bazel"]
    assert tree.write() == []
    assert (tmp_path / "a/BUILD.bazel").read_text() == "new\n"


def test_diff_of_a_tree_shows_changes_and_new_files(tmp_path: Path) -> None:
    put(tmp_path, "a/BUILD.bazel", "old\n")
    tree = Tree(tmp_path)
    tree.change("b/BUILD.bazel", "made\n")
    tree.change("a/BUILD.bazel", "new\n")

    assert tree.diff() == (
        "--- a/BUILD.bazel\n+++ a/BUILD.bazel\n@@ -1 +1 @@\n-old\n+new\n"
        "--- b/BUILD.bazel\n+++ b/BUILD.bazel\n@@ -0,0 +1 @@\n+made\n"
    )


@pytest.mark.parametrize(
    ("pattern", "folders"),
    [
        ("//...", ["", "svc/api", "svc/api/data", "svc/apis"]),
        ("//svc/api/...", ["svc/api", "svc/api/data"]),
        ("//svc/api:all", ["svc/api"]),
        ("//svc/api", ["svc/api"]),
        ("//:all", [""]),
    ],
)
def test_loose_sources_are_those_of_the_pattern(
    bazel: FakeBazel, pattern: str, folders: list[str]
) -> None:
    for folder in ("", "svc/api/", "svc/api/data/", "svc/apis/"):
        put(bazel.root, f"{folder}stray.py", "")

    got = loose_sources(Tree(bazel.root), [pattern])

    assert got == {folder: ["stray.py"] for folder in folders}


def test_deps_become_what_the_check_says(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    edits(bazel)

    assert main(["//svc/..."]) == 0
    assert text_of(bazel) == ONE
    assert capsys.readouterr() == ("svc/api/BUILD.bazel\n", "")


def test_right_deps_stay_and_it_says_so(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    assert text_of(bazel) == LIBRARY
    assert capsys.readouterr().out == "No deps to fix.\n"


def test_dep_for_types_is_written_where_buildifier_puts_it(
    bazel: FakeBazel,
) -> None:
    edits(
        bazel, "add //svc/api //libs/ml pyi_deps\nremove //svc/api @pip//numpy deps\n"
    )

    assert main(["//svc/api"]) == 0
    assert text_of(bazel) == LIBRARY.replace(
        'deps = ["@pip//numpy"]', 'pyi_deps = ["//libs/ml"]'
    )


def test_dep_of_the_own_package_is_written_short(bazel: FakeBazel) -> None:
    edits(bazel, "add //svc/api //svc/api:store deps\n")

    assert main(["//svc/api"]) == 0
    assert '    deps = [\n        ":store",\n        "@pip//numpy",\n' in text_of(bazel)


def test_source_without_a_target_gets_one(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bazel.root, "libs/new/core.py", '"""Does what is new."""\n')

    assert main(["//libs/..."]) == 0
    assert text_of(bazel, "libs/new/BUILD.bazel").startswith(
        '"""Does what is new."""\n'
    )
    assert 'name = "new"' in text_of(bazel, "libs/new/BUILD.bazel")
    assert capsys.readouterr().out == "libs/new/BUILD.bazel\n"


def test_file_that_bazel_cannot_name_stops_no_other(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bazel.root, "libs/new/naïve.py", "")
    put(bazel.root, "libs/odd/a b.py", "")
    (bazel.root / "libs/new/core.py").write_bytes(b"'Caf\xe9'\n")

    assert main(["//libs/..."]) == 1
    assert 'srcs = ["core.py"]' in text_of(bazel, "libs/new/BUILD.bazel")
    assert not (bazel.root / "libs/odd/BUILD.bazel").exists()
    assert capsys.readouterr().err == (
        'libs/new/na\\xefve.py: its name holds "ï", which Bazel can\'t take in every '
        "place.\nFix: rename it: letters of ASCII, digits, and _ . + - ~ are taken.\n"
        'libs/odd/a b.py: its name holds " ", which Bazel can\'t take in every place.\n'
        "Fix: rename it: letters of ASCII, digits, and _ . + - ~ are taken.\n"
    )


def test_build_file_that_is_no_utf_8_is_left_as_it_is(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    file = bazel.root / "svc/api/BUILD.bazel"
    file.write_bytes(b"# caf\xe9\n" + LIBRARY.encode())
    edits(bazel)

    assert main(["//svc/..."]) == 1
    assert file.read_bytes().startswith(b"# caf\xe9\n" + LIBRARY.encode())
    assert capsys.readouterr().err == (
        "svc/api/BUILD.bazel: it is not UTF-8: save it so, then fix again.\n"
    )


def test_source_beside_targets_joins_them(bazel: FakeBazel) -> None:
    put(bazel.root, "svc/api/routes.py", "")

    assert main([]) == 0
    assert 'srcs = [\n        "app.py",\n        "routes.py",\n    ],' in text_of(bazel)


def test_check_prints_the_diff_and_writes_nothing(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    edits(bazel)

    assert main(["--check", "//svc/..."]) == 1
    assert text_of(bazel) == LIBRARY
    assert capsys.readouterr().out == (
        "--- svc/api/BUILD.bazel\n+++ svc/api/BUILD.bazel\n@@ -1,5 +1,5 @@\n"
        ' py_library(\n     name = "api",\n     srcs = ["app.py"],\n'
        '-    deps = ["@pip//numpy"],\n+    deps = ["//libs/ml"],\n )\n'
        "1 BUILD files aren't what the sources need.\n"
        "Fix: bazel run //tools/imports:fix -- //svc/...\n"
    )


def test_check_of_right_deps_passes_in_silence(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check"]) == 0
    assert capsys.readouterr() == ("", "")


def test_check_of_a_new_folder_asks_bazel_for_no_package_that_is_not_there(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bazel.root, "libs/new/core.py", "")

    assert main(["--check", "//libs/new/..."]) == 1
    assert "+++ libs/new/BUILD.bazel\n" in capsys.readouterr().out
    assert not (bazel.root / "libs/new/BUILD.bazel").exists()
    assert bazel.asked() == []


def test_list_that_is_not_written_out_is_refused(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bazel.root, "svc/api/BUILD.bazel", LIBRARY.replace('["@pip//numpy"]', "DEPS"))
    edits(bazel)

    assert main([]) == 1
    assert capsys.readouterr() == (
        "No deps to fix.\n",
        "svc/api/BUILD.bazel: line 4: deps is no list; //svc/api: add //libs/ml, "
        "remove @pip//numpy by hand.\n",
    )


def test_target_that_the_file_does_not_write_out_is_refused(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    edits(bazel, "add //svc/api:made //libs/ml deps\n", "svc/api/made")

    assert main([]) == 1
    assert capsys.readouterr().err == (
        "svc/api/BUILD.bazel: no target made; //svc/api:made: add //libs/ml by hand.\n"
    )


def test_finding_that_no_edit_mends_is_printed(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    finds(bazel, FINDING)

    assert main([]) == 1
    assert capsys.readouterr().err == (
        "1 left that no edit of deps mends:\n"
        "svc/api/app.py:1:1: is odd [imports/unresolved]\n"
    )


def test_finding_that_a_baseline_knows_is_not(bazel: FakeBazel) -> None:
    finds(bazel, FINDING)
    put(bazel.root, f"svc/api/{FILE_NAME}", format_baseline([FINDING]))

    assert main([]) == 0


def test_baseline_records_findings_of_imports_alone(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    finds(bazel, FINDING)

    assert main(["--baseline", "//svc/api/..."]) == 0
    assert text_of(bazel, f"svc/api/{FILE_NAME}") == format_baseline([FINDING])
    assert capsys.readouterr().out == f"svc/api/{FILE_NAME}: 1 record\n"


def test_baseline_refuses_what_is_new(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    finds(bazel, FINDING)
    put(bazel.root, f"svc/api/{FILE_NAME}", "")

    assert main(["--baseline", "//svc/api"]) == 1
    assert capsys.readouterr().out.endswith(
        "svc/api/app.py:1:1: is odd [imports/unresolved]\n"
    )


def test_build_that_fails_is_not_taken_for_nothing_to_fix(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    bazel.exit_code = 1
    bazel.complaint = "no such target\n"
    bazel.install()

    assert main(["//svc/api:nothing"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(
        "bazel build //svc/api:nothing failed with exit code 1:\nno such target\n"
    )


def test_target_that_cannot_be_analysed_stops_no_edit_of_another(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    edits(bazel, "add //svc/api //libs/ml deps\n")
    bazel.exit_code, bazel.complaint = 1, "//svc/web is not visible\n"
    bazel.install()

    assert main(["//svc/..."]) == 2
    said = capsys.readouterr()
    assert said.out == "svc/api/BUILD.bazel\n"
    assert "//svc/web is not visible" in said.err
    assert '"//libs/ml"' in text_of(bazel)


def test_files_of_other_kinds_in_the_group_are_left_alone(bazel: FakeBazel) -> None:
    bazel.outputs["import_edits"] = {"svc/api/api.log": "no edit\n"}
    bazel.install()
    tree = Tree(bazel.root)

    mend_deps(tree, ["//..."])

    assert (tree.edited, tree.refused) == ({}, [])


def test_check_names_what_it_refuses(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bazel.root, "svc/api/BUILD.bazel", LIBRARY.replace('["@pip//numpy"]', "DEPS"))
    edits(bazel)

    assert main(["--check"]) == 1
    assert capsys.readouterr().err == (
        "svc/api/BUILD.bazel: line 4: deps is no list; //svc/api: add //libs/ml, "
        "remove @pip//numpy by hand.\n"
    )


def test_check_of_a_folder_that_is_not_there_is_left_to_bazel_to_refuse(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    bazel.exit_code = 1
    bazel.install()

    assert main(["--check", "//svc/typo/..."]) == 2
    assert "bazel build //svc/typo/... failed" in capsys.readouterr().err


def test_sources_that_are_not_written_out_are_refused(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bazel.root, "svc/api/BUILD.bazel", LIBRARY.replace('["app.py"]', "SOURCES"))

    assert main([]) == 1
    assert capsys.readouterr().err == (
        "svc/api/BUILD.bazel: line 3: srcs is no list; app.py: make the target.\n"
    )


def test_build_file_that_is_no_starlark_is_named_and_nothing_is_written(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bazel.root, "libs/b/BUILD.bazel", "py_library(\n    name = ,\n)\n")
    put(bazel.root, "svc/api/more.py", "")

    assert main(["//svc/api"]) == 2

    assert text_of(bazel) == LIBRARY
    assert capsys.readouterr().err.startswith("libs/b/BUILD.bazel:2: is not Starlark: ")


def test_test_by_any_name_of_pytest_gets_a_target_and_a_mere_namesake_none(
    bazel: FakeBazel,
) -> None:
    put(bazel.root, "pyproject.toml", PYTEST)
    put(bazel.root, "svc/new/price_test.py", "def test_a(): pass\n")
    put(bazel.root, "svc/new/tests.py", "class TestA:\n    def test_a(self): pass\n")
    put(bazel.root, "svc/new/test_tools.py", "def helper(): pass\n")

    main(["//svc/new"])

    got = text_of(bazel, "svc/new/BUILD.bazel")
    assert 'pytest_test(\n    name = "price_test",\n' in got
    assert 'pytest_test(\n    name = "tests",\n' in got
    assert 'py_library(\n    name = "new",\n    srcs = ["test_tools.py"],\n' in got


def test_tests_depend_on_the_conftest_beside_and_above_them(
    bazel: FakeBazel,
) -> None:
    put(bazel.root, "pyproject.toml", PYTEST)
    put(bazel.root, "svc/t/conftest.py", "")
    put(bazel.root, "svc/t/test_a.py", "def test_a(one): pass\n")
    put(bazel.root, "svc/t/in/test_b.py", "def test_b(one): pass\n")

    assert main(["//svc/t/..."]) == 0

    beside, below = (text_of(bazel, f"svc/{it}/BUILD.bazel") for it in ("t", "t/in"))
    assert '    srcs = ["test_a.py"],\n    deps = [":conftest"],\n' in beside
    assert '    visibility = ["//svc/t:__subpackages__"],\n' in beside
    assert '    srcs = ["test_b.py"],\n    deps = ["//svc/t:conftest"],\n' in below


def test_a_private_conftest_is_shown_to_the_tests_below(bazel: FakeBazel) -> None:
    put(bazel.root, "svc/t/conftest.py", "")
    put(
        bazel.root,
        "svc/t/BUILD.bazel",
        'py_library(\n    name = "conf",\n    srcs = ["conftest.py"],\n'
        '    deps = ["@pip//pytest"],\n)\n',
    )
    put(bazel.root, "svc/t/in/test_b.py", "def test_b(one): pass\n")
    put(
        bazel.root,
        "svc/t/in/BUILD.bazel",
        'pytest_test(\n    name = "test_b",\n    srcs = ["test_b.py"],\n)\n',
    )

    assert main(["//svc/t/..."]) == 0

    assert text_of(bazel, "svc/t/BUILD.bazel") == (
        'py_library(\n    name = "conf",\n    srcs = ["conftest.py"],\n'
        '    visibility = ["//svc/t/in:__pkg__"],\n'
        '    deps = ["@pip//pytest"],\n)\n'
    )
    assert 'deps = ["//svc/t:conf"]' in text_of(bazel, "svc/t/in/BUILD.bazel")


def test_name_that_is_taken_is_refused_before_anything_is_written(
    bazel: FakeBazel, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bazel.root, "platform/new.py", "")

    assert main(["//platform/..."]) == 2

    assert not (bazel.root / "platform/BUILD.bazel").exists()
    assert capsys.readouterr().err == (
        'platform: at the root of the repository it hides Python\'s own module "platform".\n'
        "Fix: rename platform, or move it into another folder, such as libs/.\n"
    )
