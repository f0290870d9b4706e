"""A program and its image see the same: runfiles, programs in data, and distributions as one site-packages."""

import pytest

from tools.nested.checkout import Checkout

_DISTRIBUTION = '''"""A distribution."""

load("@rules_python//python:py_library.bzl", "py_library")

py_library(
    name = "pkg",
    srcs = glob(["site-packages/**/*.py"]),
    data = glob(["site-packages/**"], exclude = ["**/*.py"]),
    imports = ["site-packages"],
    tags = ["pypi_name={name}", "pypi_version=1"],
    visibility = ["//case:__subpackages__"],
)
'''

_FILES = {
    "case/one/site-packages/shared/__init__.py": "OWNER = 'one'\n",
    "case/one/site-packages/paths.pth": "paths_more\n",
    "case/one/site-packages/paths_more/by_path.py": "",
    "case/two/site-packages/shared/part.py": "PART = 'two'\n",
    "case/two/site-packages/code.pth": "import sys; sys.hooked = 'hooked'\n",
    "case/config.toml": "a = 1\n",
    "case/folder/a b.txt": "x\n",
    "case/defs.bzl": '''"""A rule whose runfiles are links."""

def _linked_impl(ctx):
    file = ctx.file.src
    return [DefaultInfo(runfiles = ctx.runfiles(
        files = [file],
        symlinks = {"case/linked.toml": file},
        root_symlinks = {"beside/config.toml": file, "_main/case/root.toml": file},
    ))]

linked = rule(
    doc = "Links.",
    implementation = _linked_impl,
    attrs = {"src": attr.label(allow_single_file = True, doc = "A file.")},
)
''',
    "case/helper.py": '"""Helps."""\n\nimport packaging\n\nprint("helped by", packaging.__name__)\n',
    "case/probe.py": '''"""Prints what it has."""

import os
import subprocess
import sys
from pathlib import Path

import by_path
import shared.part

HERE = Path(__file__).parent
PLACES = ["config.toml", "linked.toml", "root.toml", "folder/a b.txt", "made/x"]


def tell() -> None:
    """Print."""
    for place in [*PLACES, "../../beside/config.toml"]:
        print(place, (HERE / place).is_file())
    print((Path(os.environ["RUNFILES_DIR"]) / "_main/case/probe.py").is_file())
    print(shared.OWNER, shared.part.PART, by_path.__name__, sys.hooked)
    subprocess.run([HERE / "helper"], check=True)
''',
    "case/app.py": '"""Tells."""\n\nfrom case import probe\n\nif __name__ == "__main__":\n    probe.tell()\n',
    "case/BUILD.bazel": '''"""A program with all kinds of data."""

load("@rules_python//python:py_binary.bzl", "py_binary")
load("@rules_python//python:py_library.bzl", "py_library")
load("//case:defs.bzl", "linked")
load("//tools/image:defs.bzl", "py_image")

linked(
    name = "linked",
    src = "config.toml",
)

genrule(
    name = "made",
    outs = ["made/x"],
    cmd = "echo > $@",
)

py_binary(
    name = "helper",
    srcs = ["helper.py"],
    deps = ["@pip//packaging"],
)

filegroup(
    name = "programs",
    data = [":helper"],
)

py_library(
    name = "probe",
    srcs = ["probe.py"],
    data = [
        ":linked",
        ":made",
        ":programs",
        "folder",
    ],
    deps = [
        "//case/one:pkg",
        "//case/two:pkg",
    ],
)

py_binary(
    name = "app",
    srcs = ["app.py"],
    deps = [":probe"],
)

py_image(
    name = "image",
    binary = ":app",
)
''',
}

_WANT = """\
config.toml True
linked.toml True
root.toml True
folder/a b.txt True
made/x True
../../beside/config.toml True
True
one two by_path hooked
helped by packaging
"""


def write(checkout: Checkout) -> None:
    """Write the program and its distributions."""
    for name in ("one", "two"):
        metadata = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1\n"
        checkout.write(
            f"case/{name}/site-packages/{name}-1.dist-info/METADATA", metadata
        )
        checkout.write(f"case/{name}/site-packages/README.md", name)
        text = _DISTRIBUTION.replace("{name}", name)
        checkout.write(f"case/{name}/BUILD.bazel", text)
    for path, text in _FILES.items():
        checkout.write(path, text)


def test_a_program_prints_the_same_under_bazel_and_in_its_image(
    checkout: Checkout,
) -> None:
    write(checkout)

    got = [checkout.bazel("run", label) for label in ("//case:app", "//case:image.run")]

    assert [it.exit_code for it in got] == [0, 0], [it.text for it in got]
    assert [_WANT in it.text for it in got] == [True, True], [it.text for it in got]


def test_an_image_that_differs_from_its_program_fails_its_test(
    checkout: Checkout,
) -> None:
    write(checkout)
    checkout.replace(
        "case/BUILD.bazel",
        '        "folder",\n',
        '        "folder",\n        "run.sh",\n',
    )
    checkout.write("case/run.sh", "#!/bin/sh\n")
    checkout.write("case/app.py", 'import os\n\nassert os.path.exists("/bin/sh")\n')

    got = checkout.bazel("test", "--norun_validations", "//case:image_test")

    assert got.exit_code != 0
    assert "/app/case/run.sh is a script for /bin/sh, which the image lacks" in got.text
    assert "/app/case/app.py: AssertionError: (at its import)" in got.text
    assert "/opt/venv/bin/python -m case.app ended with 1" in got.text


@pytest.mark.parametrize(
    ("file", "found", "changed", "want"),
    [
        pytest.param(
            "case/BUILD.bazel",
            '    srcs = ["app.py"],\n',
            '    srcs = ["app.py"],\n    args = ["--fast"],\n',
            '//case:app starts with args ["--fast"], which its image doesn\'t add.\n'
            'Fix: cmd = ["--fast"] in py_image.',
            id="args",
        ),
        pytest.param(
            "case/BUILD.bazel",
            '    srcs = ["app.py"],\n',
            '    srcs = ["app.py"],\n    env = {"MODE": "fast"},\n',
            "//case:app sets MODE in its env, which its image doesn't set.\n"
            "Fix: name it in the env of py_image.",
            id="env",
        ),
        pytest.param(
            "case/BUILD.bazel",
            '        ":programs",\n',
            '        "@pip//numpy",\n',
            "which tests and `bazel run` can't import, and an image could.\nFix: name it in deps.",
            id="a-distribution-in-data",
        ),
        pytest.param(
            "case/defs.bzl",
            '"beside/config.toml"',
            '"opt/venv/pyvenv.cfg"',
            "//case:app has ../opt/venv/pyvenv.cfg in its runfiles, "
            "which would lie at /opt/venv/pyvenv.cfg in its image.\n"
            "Fix: name it below the repository",
            id="a-folder-of-the-image",
        ),
    ],
)
def test_what_the_image_would_lack_is_refused(
    checkout: Checkout, file: str, found: str, changed: str, want: str
) -> None:
    write(checkout)
    checkout.replace(file, found, changed)

    got = checkout.bazel("build", "--nobuild", "//case:image")

    assert got.exit_code == 1
    assert want in got.text
