"""Tests of what is a layer for one platform alone."""

import tarfile
from pathlib import Path

from tools.image.layer_writer.places import PYTHON_NAME, PYTHON_ROOT
from tools.image.layer_writer.tests.layers import SITE, Inputs

LIBRARY = f"lib/{PYTHON_NAME}"


def write(folder: Path, machine: str) -> tuple[bytes, list[str]]:
    """Write the layers of distributions for a machine; return the common one, and the files of the other."""
    inputs = Inputs(folder / machine)
    inputs.add_wheel("pure", {"site-packages/pure/a.py": "A = 1\n"})
    inputs.add_wheel(
        "fast",
        {
            "site-packages/fast/__init__.py": "A = 1\n",
            "site-packages/fast/__config__.py": f"MACHINE = {machine!r}\n",
            "site-packages/fast/code.so": f"\x7fELF {machine}",
            "site-packages/fast/lib/code.a": f"!<arch>\n{machine}",
        },
    )
    native = folder / f"{machine}.native.tar.gz"

    done = inputs.write(machine, f"--native={native}")

    assert done.returncode == 0, done.stderr
    with tarfile.open(native) as tar:
        names = [member.name for member in tar if not member.isdir()]
    return (folder / f"{machine}.tar.gz").read_bytes(), names


def test_what_has_no_compiled_code_is_the_same_for_each(tmp_path: Path) -> None:
    common, names = write(tmp_path, "x86_64")
    other, _ = write(tmp_path, "aarch64")

    assert common == other
    assert [it for it in names if not it.endswith(".pyc")] == [
        f"{SITE}/fast-1.0.dist-info/METADATA",
        f"{SITE}/fast-1.0.dist-info/RECORD",
        f"{SITE}/fast/__config__.py",
        f"{SITE}/fast/code.so",
        f"{SITE}/fast/lib/code.a",
    ]


def test_the_interpreter_is_apart_from_its_library(tmp_path: Path) -> None:
    inputs = Inputs(tmp_path / "inputs")
    inputs.add("python", "", f"bin/{PYTHON_NAME}", "\x7fELF")
    inputs.add("python", "", f"{LIBRARY}/ast.py", "A = 1\n")
    inputs.add("python", "", f"{LIBRARY}/_sysconfigdata__linux_x.py", "A = 1\n")
    inputs.add("python", "", f"{LIBRARY}/_sysconfig_vars__linux_x.json", "{}")
    native = tmp_path / "native.tar.gz"

    inputs.write("layer", f"--native={native}")

    with tarfile.open(native) as tar:
        names = [member.name for member in tar if not member.isdir()]
    assert [it for it in names if not it.endswith(".pyc")] == [
        f"{PYTHON_ROOT}/bin/{PYTHON_NAME}",
        f"{PYTHON_ROOT}/{LIBRARY}/_sysconfig_vars__linux_x.json",
        f"{PYTHON_ROOT}/{LIBRARY}/_sysconfigdata__linux_x.py",
    ]
    assert f"{PYTHON_ROOT}/{LIBRARY}/ast.py" in inputs.members()
