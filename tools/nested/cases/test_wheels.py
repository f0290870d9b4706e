"""Bad input to the lock and to `deps` gets one clear message."""

import hashlib
import re
import zipfile
from pathlib import Path

from tools.nested.checkout import Checkout


def test_unknown_distribution_in_deps_names_it_and_the_target(
    checkout: Checkout,
) -> None:
    checkout.replace(
        "tools/closure/BUILD.bazel",
        "package(",
        'filegroup(name = "x", srcs = ["@pip//nunpy"])\n\npackage(',
    )

    got = checkout.bazel("build", "//tools/closure:x")

    assert got.exit_code != 0
    assert re.search(r"//tools/closure:x|tools/closure/BUILD.bazel", got.text)
    assert "nunpy" in got.text


def test_hash_that_does_not_match_is_named(checkout: Checkout) -> None:
    lock = (checkout.root / "requirements_lock.txt").read_text()
    entry = re.search(r"^iniconfig==.*?(?=^\S+==)", lock, re.M | re.S)
    assert entry
    broken = re.sub(r"sha256:[0-9a-f]{64}", "sha256:" + "0" * 64, entry[0])
    checkout.write("requirements_lock.txt", lock.replace(entry[0], broken))

    got = checkout.bazel("build", "@pip//iniconfig")

    assert got.exit_code != 0
    assert "which the lock does not list" in got.text
    assert "bazel run //:requirements.update" in got.text


def test_a_pin_that_is_wrong_fails_only_what_uses_it(checkout: Checkout) -> None:
    lock = (checkout.root / "requirements_lock.txt").read_text()
    wrong = re.sub(r"^iniconfig==\S+", "iniconfig==2.1.0", lock, flags=re.M)
    checkout.write("requirements_lock.txt", wrong)

    mending = checkout.bazel("run", "//:requirements.update", "--", "--help")
    using = checkout.bazel("test", "//tools/testing/tests:test_request")

    assert mending.exit_code == 0
    assert "--upgrade-package NAME" in mending.stdout
    assert using.exit_code != 0
    assert "iniconfig==2.1.0 has sha256:" in using.text
    assert "which the lock does not list" in using.text


def test_the_lock_can_be_solved_whatever_is_in_it(checkout: Checkout) -> None:
    lock = (checkout.root / "requirements_lock.txt").read_text()
    checkout.write("requirements_lock.txt", f"{lock}<<<<<<< HEAD\n")
    line = lock.count("\n") + 1

    using = checkout.bazel("build", "//tools/testing/tests:test_request")
    fixing = checkout.bazel("run", "//:requirements.update", "--", "--help")
    (checkout.root / "requirements_lock.txt").unlink()
    without = checkout.bazel("run", "//:requirements.update", "--", "--help")

    assert using.exit_code != 0
    assert (
        f"requirements_lock.txt:{line}: the conflict of a merge is unsettled.\n"
        "Fix: bazel run //:requirements.update\n"
    ) in using.text
    assert (fixing.exit_code, without.exit_code) == (0, 0)
    assert "--upgrade-package NAME" in fixing.stdout
    assert "--upgrade-package NAME" in without.stdout


def test_pin_without_a_wheel_here_is_named(checkout: Checkout) -> None:
    lock = (checkout.root / "requirements_lock.txt").read_text()
    checkout.write(
        "requirements_lock.txt",
        re.sub(r"^iniconfig==\S+", "iniconfig==0.0.1", lock, flags=re.M),
    )

    got = checkout.bazel("build", "@pip//iniconfig")

    assert got.exit_code != 0
    assert "iniconfig==0.0.1 has no wheel for Python 3.14 on linux_" in got.text
    assert "is needed by pytest, and source distributions are not built" in got.text


def test_pin_without_a_hash_is_named_with_its_line(checkout: Checkout) -> None:
    checkout.write("requirements_lock.txt", "# lock\niniconfig==2.3.1\n")

    got = checkout.bazel("build", "@pip//iniconfig")

    assert "requirements_lock.txt:2: iniconfig has no hash" in got.text


def test_what_a_wheel_installs_beside_its_modules_can_be_built(
    checkout: Checkout, tmp_path: Path
) -> None:
    file = tmp_path / "probe-1.0-py3-none-any.whl"
    info = "probe-1.0.dist-info"
    files = {
        "probe.py": "",
        "probe-1.0.data/data/share/probe/notes.txt": "notes",
        f"{info}/METADATA": "Metadata-Version: 2.4\nName: probe\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(file, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        wheel.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in files))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    lock = (checkout.root / "requirements_lock.txt").read_text()
    entry = f"probe==1.0 \\\n    --hash=sha256:{digest}\n"
    checkout.write("requirements_lock.txt", lock + entry)

    environ = {"PIP_FIND_LINKS": str(tmp_path)}
    got = checkout.bazel("build", "@pip//probe:data", environ=environ)
    data = checkout.bazel("cquery", "--output=files", "@pip//probe:data")

    assert got.exit_code == 0, got.text
    assert data.stdout.split()[-1].endswith("/data/share")
