"""Tests of layers that hold distributions."""

from pathlib import Path

import pytest

from tools.image.layer_writer.tests.layers import SITE, Inputs, files


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return Inputs(tmp_path / "inputs")


def test_a_directory_and_its_files_give_the_same_layer(
    inputs: Inputs, tmp_path: Path
) -> None:
    inputs.add_wheel(
        "plain", {"site-packages/plain/a.py": "A = 1\n", "bin/tool": "#!/bin/sh\n"}
    )
    inputs.write("files")

    inputs.lines = [
        f"wheel\tplain\t{inputs.folder}/plain/site-packages\tsite-packages\t",
        f"wheel\tplain\t{inputs.folder}/plain/bin/tool\tbin/tool\t",
    ]
    inputs.write("directory")

    assert (tmp_path / "files.tar.gz").read_bytes() == (
        tmp_path / "directory.tar.gz"
    ).read_bytes()


def test_test_folders_of_distributions_are_left_out(inputs: Inputs) -> None:
    inputs.add_wheel(
        "plain",
        {"site-packages/plain/tests/test_a.py": "", "site-packages/plain/a.py": ""},
    )

    inputs.write()

    assert [it for it in inputs.members() if "tests" in it] == []


def test_test_folders_stay_where_the_table_says_so(inputs: Inputs) -> None:
    inputs.add_wheel("plain", {"site-packages/plain/tests/kept.py": ""}, note="tests")

    inputs.write()

    assert f"{SITE}/plain/tests/kept.py" in inputs.members()


def test_console_scripts_start_by_the_interpreter_in_the_image(inputs: Inputs) -> None:
    entries = "[console_scripts]\nTool = plain.cli:app.main [extra]\n"
    inputs.add_wheel(
        "plain", {"site-packages/plain-1.0.dist-info/entry_points.txt": entries}
    )

    inputs.write()

    assert inputs.read("opt/venv/bin/Tool").decode() == (
        "#!/opt/venv/bin/python\nimport sys\n\nfrom plain.cli import app\n\n"
        'if __name__ == "__main__":\n    sys.exit(app.main())\n'
    )
    assert inputs.members()["opt/venv/bin/Tool"].mode == 0o755


def test_programs_of_a_wheel_get_the_interpreter_in_the_image(inputs: Inputs) -> None:
    inputs.add_wheel("plain", {"bin/run.py": "#!/build/python3.14 -E\nprint(1)\n"})

    inputs.write()

    assert inputs.read("opt/venv/bin/run.py") == b"#!/opt/venv/bin/python\nprint(1)\n"


def test_record_lists_what_the_image_has(inputs: Inputs) -> None:
    info = "site-packages/plain-1.0.dist-info"
    inputs.add_wheel(
        "plain",
        {
            "site-packages/plain.py": "X = 1\n",
            "site-packages/plain/tests/gone.py": "",
            f"{info}/RECORD": "plain/tests/gone.py,,\n",
            f"{info}/INSTALLER": "whoever\n",
            f"{info}/direct_url.json": "{}",
            "bin/tool": "#!/bin/sh\n",
        },
    )

    inputs.write()

    rows = inputs.read(f"{SITE}/plain-1.0.dist-info/RECORD").decode().splitlines()
    assert [row.split(",")[0] for row in rows] == [
        "../../../bin/tool",
        "plain-1.0.dist-info/METADATA",
        "plain-1.0.dist-info/RECORD",
        "plain.py",
    ]


def test_what_authors_leave_beside_their_modules_is_left_out(inputs: Inputs) -> None:
    for name in ("one", "two"):
        papers = ("README.md", "LICENSE", "CHANGES.txt", "pyproject.toml")
        inputs.add_wheel(name, {f"site-packages/{it}": name for it in papers})
        inputs.add("wheel", name, f"site-packages/readme_{name}.py", "")
        inputs.add("wheel", name, f"site-packages/{name}/README.md", name)

    got = inputs.write()

    assert (got.returncode, got.stderr) == (0, "")
    members = files(inputs.members())
    assert [it for it in members if "README" in it or "readme" in it] == [
        f"{SITE}/__pycache__/readme_one.cpython-314.pyc",
        f"{SITE}/__pycache__/readme_two.cpython-314.pyc",
        f"{SITE}/one/README.md",
        f"{SITE}/readme_one.py",
        f"{SITE}/readme_two.py",
        f"{SITE}/two/README.md",
    ]


def test_data_of_a_wheel_lies_below_the_venv(inputs: Inputs) -> None:
    inputs.add_wheel("plain", {"data/share/plain/x.txt": "x"})

    inputs.write()

    assert inputs.read("opt/venv/share/plain/x.txt") == b"x"


def test_two_distributions_may_agree_on_a_file(inputs: Inputs) -> None:
    inputs.add_wheel("one", {"site-packages/shared/__init__.py": "# the same\n"})
    inputs.add_wheel("two", {"site-packages/shared/__init__.py": "# the same\n"})

    assert inputs.write().returncode == 0


def test_two_distributions_that_differ_over_a_file_fail(inputs: Inputs) -> None:
    inputs.add_wheel(
        "one", {"site-packages/shared/x.py": "X = 1\n", "site-packages/y.py": "1"}
    )
    inputs.add_wheel(
        "two", {"site-packages/shared/x.py": "X = 2\n", "site-packages/y.py": "2"}
    )

    got = inputs.write()

    assert (got.returncode, got.stderr) == (
        1,
        f"/{SITE}/shared/x.py is in both one and two, with different bytes.\n"
        f"/{SITE}/y.py is in both one and two, with different bytes.\n"
        "Fix: an image has one site-packages, as a venv has: drop one of the two distributions, "
        "or lock versions that agree.\n",
    )
