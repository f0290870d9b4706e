"""Tests of layers, written as Bazel writes them: by a fresh process each."""

import json
import os
import random
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.image.layer_writer import bytecode, places, write
from tools.image.layer_writer.archive import Member

PROGRAM = "tools/image/layer_writer/write.py"
SITE = places.SITE_PACKAGES


class Inputs:
    """Files of a layer, and the lines that name them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []

    def add(
        self, kind: str, owner: str, inside: str, content: str | bytes, note: str = ""
    ) -> Path:
        """Add one file."""
        path = self.folder / owner / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.lines.append("\t".join([kind, owner, str(path), inside, note]))
        return path

    def add_wheel(self, name: str, files: dict[str, str], note: str = "") -> None:
        """Add a distribution with the metadata that each has."""
        metadata = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n\n"
        info = f"site-packages/{name}-1.0.dist-info"
        for inside, content in {f"{info}/METADATA": metadata, **files}.items():
            self.add("wheel", name, inside, content, note)

    def write(
        self, name: str = "layer", *options: str
    ) -> subprocess.CompletedProcess[str]:
        """Write the layer; the archive is `NAME.tar.gz` in the folder above."""
        manifest = self.folder.parent / f"{name}.txt"
        manifest.write_text("".join(f"{line}\n" for line in self.lines))
        output = self.folder.parent / f"{name}.tar.gz"
        command = [sys.executable, "-s", "-S", PROGRAM, f"--output={output}"]
        return subprocess.run(
            [*command, "--compression=gzip", f"--manifest={manifest}", *options],
            capture_output=True,
            text=True,
            check=False,
            env={
                "PYTHONPATH": ".",
                "PYTHONHASHSEED": "random",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )

    def members(self) -> dict[str, tarfile.TarInfo]:
        """Return the members of the layer that was written."""
        with tarfile.open(self.folder.parent / "layer.tar.gz") as tar:
            return {member.name: member for member in tar}

    def read(self, path: str) -> bytes:
        """Return a member's content."""
        with tarfile.open(self.folder.parent / "layer.tar.gz") as tar:
            found = tar.extractfile(path)
            assert found is not None
            return found.read()


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return Inputs(tmp_path / "inputs")


def files(members: dict[str, tarfile.TarInfo]) -> Sequence[str]:
    return [name for name, member in members.items() if not member.isdir()]


def test_first_party_code_lies_below_app_with_its_compiled_form(inputs: Inputs) -> None:
    inputs.add("app", "", "libs/ml/model.py", "X = 1\n")

    inputs.write()

    assert files(inputs.members()) == [
        f"app/libs/ml/__pycache__/model.{sys.implementation.cache_tag}.pyc",
        "app/libs/ml/model.py",
    ]


def test_shuffled_inputs_give_the_same_bytes(inputs: Inputs, tmp_path: Path) -> None:
    for number in range(40):
        names = ", ".join(f"'name{number * 7 % it}'" for it in range(1, 9))
        inputs.add(
            "app",
            "",
            f"libs/a{number}.py",
            f"SET = frozenset([{names}])\nname{number} = 1\n",
        )
    inputs.add_wheel(
        "plain", {"site-packages/plain.py": "def f(): return {'a', 'b', 'c', 'd'}\n"}
    )
    inputs.write("sorted")

    random.Random(7).shuffle(inputs.lines)
    for line in inputs.lines:
        path = Path(line.split("\t")[2])
        os.utime(path, (12345, 12345))
        path.chmod(0o777)
    inputs.write("shuffled")

    assert (tmp_path / "sorted.tar.gz").read_bytes() == (
        tmp_path / "shuffled.tar.gz"
    ).read_bytes()


def test_modules_are_compiled_in_sorted_order(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []

    def compile_module(path: str, _source: bytes) -> bytes:
        compiled.append(path)
        return b""

    monkeypatch.setattr(bytecode, "compile_module", compile_module)
    names = ["app/c.py", "app/a.py", "app/b/z.py", "app/note.txt", "app/b.py"]

    write.compile_all({name: Member() for name in names})

    assert compiled == ["app/a.py", "app/b.py", "app/b/z.py", "app/c.py"]


def test_lines_are_read_in_an_order_of_their_own(inputs: Inputs) -> None:
    inputs.folder.mkdir()
    manifest = inputs.folder / "manifest.txt"
    lines = ["wheel\tb\tx\tx\t", "app\t\tx\tz\t", "wheel\ta\ty\ty\t", "app\t\ty\ta\t"]
    manifest.write_text("".join(f"{line}\n" for line in lines))

    got = [(line.owner, line.inside) for line in write.read_manifest(manifest)]

    assert got == [("", "a"), ("", "z"), ("a", "y"), ("b", "x")]


def test_index_tells_of_distributions_what_bills_of_materials_say(
    inputs: Inputs, tmp_path: Path
) -> None:
    info = "site-packages/plain-1.0.dist-info"
    head = "Metadata-Version: 2.4\nName: Plain\nVersion: 1.0\nSummary: It is plain.\n"
    licence = "License-Expression: MIT OR 0BSD\nLicense: in words\n"
    licence += "Classifier: Topic :: Home\nClassifier: License :: Freeware\n\n"
    bill = {"bomFormat": "CycloneDX", "components": []}
    inputs.add_wheel(
        "plain",
        {
            "site-packages/plain.py": "X = 1\n",
            f"{info}/METADATA": head + licence,
            f"{info}/sboms/bill.json": json.dumps(bill),
        },
    )
    manifest = tmp_path / "manifest.txt"
    manifest.write_text("".join(f"{line}\n" for line in inputs.lines))
    output, index = tmp_path / "layer.tar.gz", tmp_path / "index.json"

    code = write.main(
        [
            f"--output={output}",
            "--compression=gzip",
            f"--manifest={manifest}",
            f"--index={index}",
        ]
    )

    told = json.loads(index.read_text())
    (known,) = told["distributions"]
    assert code == 0
    assert (told["python"], told["size"]) == ("", output.stat().st_size)
    assert f"{SITE}/plain.py" in told["files"]
    assert known.pop("size") > 0
    assert known == {
        "name": "Plain",
        "version": "1.0",
        "summary": "It is plain.",
        "licence_expression": "MIT OR 0BSD",
        "licence": "in words",
        "licence_classifiers": ["License :: Freeware"],
        "boms": [bill],
    }


def test_members_have_no_trace_of_the_machine(inputs: Inputs) -> None:
    inputs.add("app", "", "libs/tool", "#!/bin/sh\n").chmod(0o600)
    inputs.add("app", "", "libs/data.txt", "x").chmod(0o4777)

    inputs.write()

    got = {
        it.name: (it.mode, it.mtime, it.uid, it.gid, it.uname)
        for it in inputs.members().values()
    }
    assert got == {
        "app": (0o755, 0, 0, 0, ""),
        "app/libs": (0o755, 0, 0, 0, ""),
        "app/libs/data.txt": (0o644, 0, 0, 0, ""),
        "app/libs/tool": (0o755, 0, 0, 0, ""),
    }


def test_modules_name_their_place_in_the_image(inputs: Inputs) -> None:
    inputs.add("app", "", "libs/where.py", "raise ValueError\n")

    inputs.write()

    got = inputs.read(f"app/libs/__pycache__/where.{sys.implementation.cache_tag}.pyc")
    assert b"/app/libs/where.py" in got
    assert str(inputs.folder).encode() not in got


def test_compiled_files_that_come_along_are_no_input(inputs: Inputs) -> None:
    folder = inputs.folder / "plain"
    inputs.add_wheel("plain", {"site-packages/plain.py": "X = 1\n"})
    (folder / "site-packages/__pycache__").mkdir()
    (folder / "site-packages/__pycache__/plain.cpython-314.pyc").write_bytes(b"theirs")
    inputs.lines = [f"wheel\tplain\t{folder}/site-packages\tsite-packages\t"]

    inputs.write()

    assert inputs.read(f"{SITE}/__pycache__/plain.cpython-314.pyc") != b"theirs"


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


def test_a_file_that_does_not_compile_is_carried_as_it_is(inputs: Inputs) -> None:
    inputs.add("app", "", "libs/template.py", "{% not python %}")

    inputs.write()

    assert files(inputs.members()) == ["app/libs/template.py"]


def test_import_roots_besides_the_root_are_on_the_path(inputs: Inputs) -> None:
    inputs.add("app", "", "libs/src/x.py", "")

    inputs.write("layer", "--import-root=libs/src")

    assert inputs.read(f"{SITE}/app_imports.pth") == (
        b"import sys; sys.path[1:1] = ['/app/libs/src']\n"
    )


def test_stubs_of_first_party_code_are_left_out(inputs: Inputs) -> None:
    inputs.add("app", "", "libs/ml/model.pyi", "X: int\n")
    inputs.add("app", "", "libs/ml/model.txt", "")

    inputs.write()

    assert files(inputs.members()) == ["app/libs/ml/model.txt"]


def test_a_program_in_data_becomes_one_that_starts_in_the_image(inputs: Inputs) -> None:
    inputs.lines = ["starter\t\t\tservices/x/tool\tservices.x.main"]

    inputs.write()

    assert inputs.read("app/services/x/tool").decode() == (
        "#!/opt/venv/bin/python -P\nimport runpy\n\n"
        'runpy.run_module("services.x.main", run_name="__main__", alter_sys=True)\n'
    )
    assert inputs.members()["app/services/x/tool"].mode == 0o755


def test_data_of_another_repository_lies_beside_the_code(inputs: Inputs) -> None:
    inputs.add("beside", "", "models/a.bin", "x")
    inputs.lines.append("link\t\t\topt/runfiles/models\t/models")
    inputs.lines.append("empty\t\t\tlibs/x/__init__.py\t")

    inputs.write()

    members = inputs.members()
    assert members["opt/runfiles/models"].linkname == "/models"
    assert [name for name in files(members) if "__pycache__" not in name] == [
        "app/libs/x/__init__.py",
        "models/a.bin",
        "opt/runfiles/models",
    ]


def test_a_directory_keeps_names_of_any_letters_and_what_links_lead_to(
    inputs: Inputs,
) -> None:
    inputs.add("app", "", "data/a b.txt", "x")
    inputs.add("app", "", "data/real/é\u2028.txt", "x")
    (inputs.folder / "data/link").symlink_to("real")
    inputs.lines = [f"app\t\t{inputs.folder}/data\tlibs/data \u2028\t"]

    inputs.write()

    assert files(inputs.members()) == [
        "app/libs/data \u2028/a b.txt",
        "app/libs/data \u2028/link/é\u2028.txt",
        "app/libs/data \u2028/real/é\u2028.txt",
    ]


def test_an_interpreter_brings_the_venv(inputs: Inputs) -> None:
    name = places.PYTHON_NAME
    inputs.add("python", "", "bin/python3", b"\x7fELF binary")
    inputs.add("python", "", f"lib/{name}/os.py", "X = 1\n")
    inputs.add("python", "", f"lib/{name}/test/test_os.py", "X = 1\n")
    inputs.add("python", "", f"lib/{name}/lib-dynload/_tkinter.so", b"\x7fELF")
    inputs.add("python", "", f"lib/lib{name}.so.1.0", b"\x7fELF")
    inputs.add("python", "", "include/Python.h", "")

    inputs.write()

    members = inputs.members()
    assert members["opt/venv/bin/python"].linkname == f"/opt/python/bin/{name}"
    assert inputs.read(f"{SITE}/app.pth") == (b"import sys; sys.path[0:0] = ['/app']\n")
    assert [it for it in files(members) if it.startswith("opt/python")] == [
        f"opt/python/bin/{name}",
        f"opt/python/lib/lib{name}.so.1.0",
        f"opt/python/lib/{name}/__pycache__/os.{sys.implementation.cache_tag}.pyc",
        f"opt/python/lib/{name}/os.py",
    ]
