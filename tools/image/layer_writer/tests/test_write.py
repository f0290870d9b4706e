"""Tests of layers, written as Bazel writes them: by a fresh process each."""

import json
import os
import random
import sys
from pathlib import Path

import pytest

from tools.image.layer_writer import bytecode, places, write
from tools.image.layer_writer.archive import Member
from tools.image.layer_writer.tests.layers import SITE, Inputs, files


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return Inputs(tmp_path / "inputs")


def test_first_party_code_lies_below_app_with_its_compiled_form(inputs: Inputs) -> None:
    inputs.add("app", "", "libs/ml/model.py", "X = 1\n")

    inputs.write()

    assert files(inputs.members()) == [
        f"app/libs/ml/__pycache__/model.{sys.implementation.cache_tag}.pyc",
        "app/libs/ml/model.py",
    ]


def test_programs_of_a_first_party_project_are_on_the_path(inputs: Inputs) -> None:
    entries = "[console_scripts]\nprices = price_list:main\n"
    place = "libs/price_list/src/price_list.dist-info/entry_points.txt"
    inputs.add("app", "", place, entries)

    inputs.write()

    assert inputs.read("opt/venv/bin/prices").decode() == (
        "#!/opt/venv/bin/python\nimport sys\n\nfrom price_list import main\n\n"
        'if __name__ == "__main__":\n    sys.exit(main())\n'
    )
    assert f"app/{place}" in inputs.members()


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


def test_a_file_that_does_not_compile_is_carried_as_it_is(inputs: Inputs) -> None:
    inputs.add("app", "", "libs/template.py", "{% not python %}")
    inputs.add("app", "", "libs/deep.py", "-" * 99999 + "1")

    inputs.write()

    assert files(inputs.members()) == ["app/libs/deep.py", "app/libs/template.py"]


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


@pytest.mark.parametrize("kind", ["app", "beside"])
def test_a_directory_keeps_its_empty_folders(inputs: Inputs, kind: str) -> None:
    (inputs.folder / "data/full.py").mkdir(parents=True)
    (inputs.folder / "data/full.py/a.txt").touch()
    (inputs.folder / "data/none.py/deep").mkdir(parents=True)
    (inputs.folder / "data/old/__pycache__").mkdir(parents=True)
    (inputs.folder / "nothing").mkdir()
    inputs.lines = [
        f"{kind}\t\t{inputs.folder}/{name}\tx/{name}\t" for name in ("data", "nothing")
    ]

    inputs.write()

    root = "app/" if kind == "app" else ""
    members = inputs.members()
    assert files(members) == [f"{root}x/data/full.py/a.txt"]
    assert [name.removeprefix(root) for name in members if "x/" in name] == [
        "x/data",
        "x/data/full.py",
        "x/data/full.py/a.txt",
        "x/data/none.py",
        "x/data/none.py/deep",
        "x/nothing",
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
