"""Tests of each way in which there is more than one version, with its message."""

import argparse
from pathlib import Path

import pytest

from tools.findings.terminal import format_terminal
from tools.lock.check import (
    check,
    manifest_findings,
    python_findings,
    used_distributions,
)
from tools.lock.inputs import read_inputs
from tools.lock.seals import format_lock

INPUTS = "numpy>=2  # inference\npsycopg[binary]\n"
HASH = "sha256:" + "0" * 64
BODY = f"numpy==2.5.1 \\\n    --hash={HASH}\npsycopg[binary]==3.2 --hash={HASH}\n"
BUILD = 'py_library(name = "a", deps = ["@pip//numpy", "@pip//psycopg"])\n'
UPDATE = "Fix: bazel run //:requirements.update\n"


def sealed(body: str, inputs: str = INPUTS) -> str:
    """Return a lock as the update writes it."""
    return format_lock(body, read_inputs(inputs), "3.14")


class Repository:
    """The files that the check reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inputs = INPUTS
        self.lock = sealed(BODY)
        self.build = BUILD
        self.module = 'pip.parse(hub_name = "pip")\n'
        self.inventory = ["requirements.in", "requirements_lock.txt", "a/b.py"]
        self.manifests: dict[str, str] = {}

    def _write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
        return str(path)

    def report(self) -> str:
        """Return what the check says to a person."""
        options = argparse.Namespace(
            requirements=self._write("requirements.in", self.inputs),
            lock=self._write("lock.txt", self.lock),
            files=self._write("files.txt", "".join(f"{p}\n" for p in self.inventory)),
            build_file=[
                self._write("x/build_files/a/BUILD.bazel.txt", self.build),
                self._write("x/build_files/MODULE.bazel.txt", self.module),
            ],
            manifest=[
                self._write(f"x/manifests/{path}.txt", text)
                for path, text in self.manifests.items()
            ],
        )
        return format_terminal(check(options))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_one_version_of_everything_passes(repository: Repository) -> None:
    assert repository.report() == ""


def test_a_comment_in_the_inputs_changes_nothing(repository: Repository) -> None:
    repository.inputs = "# new\n" + INPUTS

    assert repository.report() == ""


def test_changed_inputs_make_an_entry_stale(repository: Repository) -> None:
    repository.inputs = INPUTS.replace("numpy>=2", "numpy>=1")

    assert repository.report() == (
        "requirements_lock.txt:4: numpy isn't the solution of requirements.in as it is "
        f"now. [lock/stale]\n{UPDATE}"
    )


def test_another_python_makes_the_lock_stale(repository: Repository) -> None:
    repository.lock = format_lock(BODY, read_inputs(INPUTS), "3.13")

    assert repository.report() == (
        "requirements_lock.txt:1: isn't the solution of requirements.in for Python "
        f"3.14. [lock/stale]\n{UPDATE}"
    )


def test_a_requirement_taken_out_makes_its_entry_stale(repository: Repository) -> None:
    repository.inputs = "numpy>=2\n"

    assert repository.report() == (
        "requirements_lock.txt:7: psycopg isn't the solution of requirements.in as it is "
        f"now. [lock/stale]\n{UPDATE}"
    )


def test_a_bump_by_hand_or_by_a_bot_is_seen(repository: Repository) -> None:
    repository.lock = repository.lock.replace("numpy==2.5.1", "numpy==2.5.2")

    assert repository.report() == (
        "requirements_lock.txt:4: numpy has pins or hashes that the solver didn't write. "
        f"[lock/edited]\n{UPDATE}"
    )


def test_a_lock_without_seals_is_seen(repository: Repository) -> None:
    repository.inputs, repository.lock = "numpy>=2\n", BODY.partition("psycopg")[0]
    repository.build = BUILD.replace(', "@pip//psycopg"', "")

    assert repository.report() == (
        "requirements_lock.txt:1: numpy has no seal that says what it is the solution "
        f"of. [lock/unsealed]\n{UPDATE}"
    )


@pytest.mark.parametrize(
    ("lock", "line", "found"),
    [
        (b"<<<<<<< HEAD\n", 1, "found '<<<<<<< HEAD', wanted a distribution: "),
        ("\ufeff# The\n".encode(), 1, "found '\\ufeff# The', wanted a distribution: "),
        (b"# a\n# caf\xe9\n", 2, "isn't UTF-8. "),
    ],
    ids=["conflict", "bom", "latin-1"],
)
def test_a_lock_that_cannot_be_read_is_one_finding(
    repository: Repository, lock: bytes, line: int, found: str
) -> None:
    repository.lock = lock.decode("utf-8", errors="surrogateescape")

    got = repository.report()

    assert got.startswith(f"requirements_lock.txt:{line}: {found}")
    assert got.endswith(f"[lock/unreadable]\n{UPDATE}")


def test_a_requirement_without_a_pin_is_seen(repository: Repository) -> None:
    repository.lock = sealed(BODY.partition("psycopg")[0])

    assert repository.report() == (
        "a/BUILD.bazel:1: names @pip//psycopg, which requirements_lock.txt doesn't pin. "
        "[lock/unknown]\nFix: name it in requirements.in, then "
        "bazel run //:requirements.update; or take it out here.\n"
        "requirements.in:2: asks for psycopg, which requirements_lock.txt doesn't pin. "
        f"[lock/missing]\n{UPDATE}"
    )


def test_a_pin_outside_the_requirement_is_seen(repository: Repository) -> None:
    body = BODY.replace("2.5.1", "1.9").replace("[binary]", "")
    repository.lock = sealed(body)

    assert repository.report() == (
        "requirements.in:1: asks for numpy>=2, and requirements_lock.txt:4 pins 1.9. "
        f"[lock/mismatch]\n{UPDATE}"
        "requirements.in:2: asks for psycopg[binary], and requirements_lock.txt:7 pins "
        f"it without. [lock/mismatch]\n{UPDATE}"
    )


def test_a_pin_without_a_hash_is_seen(repository: Repository) -> None:
    body = BODY.replace(f" \\\n    --hash={HASH}", "", 1)
    repository.lock = sealed(body)

    assert repository.report() == (
        "requirements_lock.txt:4: numpy has no hash, wanted --hash=sha256:… "
        f"[lock/unhashed]\n{UPDATE}"
    )


def test_two_versions_of_a_distribution_are_seen(repository: Repository) -> None:
    body = f'{BODY}numpy==2.4 ; sys_platform == "darwin" --hash={HASH}\n'
    repository.lock = sealed(body)

    assert repository.report() == (
        "requirements_lock.txt:9: numpy 2.4 is a second entry: 2.5.1 is on line 4. "
        "[lock/second-version]\n"
        "Fix: make the requirements agree on one version in requirements.in: "
        "bazel run //:requirements.update\n"
    )


def test_an_unused_requirement_is_seen(repository: Repository) -> None:
    repository.build = BUILD.replace(', "@pip//psycopg"', "")

    assert repository.report() == (
        "requirements.in:2: asks for psycopg, and no BUILD file uses @pip//psycopg. "
        "[lock/unused]\n"
        "Fix: take the line out, then bazel run //:requirements.update\n"
    )


def test_a_file_that_can_not_be_parsed_uses_nothing() -> None:
    got = used_distributions({"a.bzl": "-" * 99999 + "1", "a/BUILD.bazel": BUILD})

    assert got == {"numpy": ("a/BUILD.bazel", 1), "psycopg": ("a/BUILD.bazel", 1)}


def test_a_second_hub_is_seen(repository: Repository) -> None:
    repository.module += 'pip.parse(hub_name = "other")\n'

    assert "MODULE.bazel:2: is a second pip.parse" in repository.report()


@pytest.mark.parametrize(
    "path",
    [
        "services/x/requirements.txt",
        "requirements-dev.txt",
        "services/x/requirements.in",
        "setup.py",
        "libs/y/poetry.lock",
        "uv.lock",
        "a/pylock.dev.toml",
    ],
)
def test_a_second_list_is_seen(repository: Repository, path: str) -> None:
    repository.inventory.append(path)

    assert repository.report() == (
        f"{path}: is a second list of dependencies, and nothing holds it to the lock. "
        f"[lock/second-list]\nFix: git rm {path}, and name what it asks for in "
        "requirements.in: bazel run //:requirements.update\n"
    )


def test_what_a_test_reads_is_no_list(repository: Repository) -> None:
    repository.inventory.append("libs/x/tests/lists/requirements.txt")

    assert not repository.report()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[project]\ndependencies = ["x"]\n', "project.dependencies"),
        ('[dependency-groups]\ndev = ["x"]\n', "dependency-groups"),
        ('[tool.poetry.dependencies]\nx = "1"\n', "tool.poetry.dependencies"),
    ],
)
def test_a_list_in_a_pyproject_is_seen(text: str, name: str) -> None:
    (finding,) = manifest_findings("a/pyproject.toml", text)

    assert finding.text == f"lists dependencies in [{name}]."


def test_a_project_asks_for_what_the_repository_asks_for(
    repository: Repository,
) -> None:
    repository.manifests["libs/a/pyproject.toml"] = (
        '[project]\nname = "a"\ndependencies = ["NumPy>=1", "b-b", "c", "d; os_name == \'nt\'"]\n'
        '[dependency-groups]\ndev = ["x"]\n'
    )
    repository.manifests["libs/b/setup.cfg"] = "[metadata]\nname = B_b\n"

    assert repository.report() == (
        "libs/a/pyproject.toml: asks for c, and requirements.in doesn't. [lock/unasked]\n"
        "Fix: add it there, or take it out here, then bazel run //:requirements.update\n"
    )


def test_a_list_without_a_project_is_a_second_one(repository: Repository) -> None:
    repository.manifests["libs/b/setup.cfg"] = "[options]\ninstall_requires = c\n"

    assert "libs/b/setup.cfg: is a second list" in repository.report()


def test_settings_in_a_pyproject_are_no_list(repository: Repository) -> None:
    repository.manifests["pyproject.toml"] = "[tool.black]\nline-length = 88\n"

    assert repository.report() == ""


def test_a_line_that_is_no_requirement_is_named(repository: Repository) -> None:
    repository.inputs = "numpy\n-r other.txt\nb; extra == 'x'\n"

    assert repository.report() == (
        "requirements.in:2: found '-r other.txt': this is another list, wanted a "
        "distribution by name. [lock/unreadable]\nFix: copy its lines in.\n"
        "requirements.in:3: found \"b; extra == 'x'\": its marker asks for an extra, so "
        "it holds nowhere. [lock/unreadable]\n"
        "Fix: write NAME[EXTRA], or take the marker out.\n"
    )


def test_a_requirement_that_holds_nowhere_is_seen(repository: Repository) -> None:
    repository.inputs += "numpy<1 ; sys_platform == 'win32'\n"
    repository.lock = sealed(BODY, repository.inputs)

    assert repository.report() == (
        'requirements.in:3: asks for numpy<1; sys_platform == "win32", which holds nowhere that '
        "the lock is for: Linux and macOS, with our Python. [lock/nowhere]\nFix: take it out.\n"
    )


def test_pins_of_other_platforms_are_no_mismatch(repository: Repository) -> None:
    repository.inputs = (
        "numpy==1 ; sys_platform == 'linux'\nnumpy==2 ; sys_platform == 'darwin'\n"
    )
    body = "".join(
        f"numpy=={n} ; sys_platform == '{it}' --hash={HASH}\n"
        for n, it in [(1, "linux"), (2, "darwin")]
    )
    repository.lock = sealed(body, repository.inputs)
    repository.build = BUILD.replace(', "@pip//psycopg"', "")

    assert repository.report() == (
        "requirements_lock.txt:6: numpy 2 is a second entry: 1 is on line 4. "
        "[lock/second-version]\n"
        "Fix: make the requirements agree on one version in requirements.in: "
        "bazel run //:requirements.update\n"
    )


def test_what_needs_each_other_is_seen_unless_bazel_knows(
    repository: Repository,
) -> None:
    body = BODY.replace("psycopg", "    # via psycopg\npsycopg") + "    # via numpy\n"
    repository.lock = sealed(body)
    edit = 'experimental_requirement_cycles = {"numpy": ["numpy", "psycopg"]}'

    assert repository.report() == (
        "MODULE.bazel: requirements_lock.txt has numpy and psycopg, which need each "
        "other. [lock/cycle]\n"
        f"Fix: give pip.parse in MODULE.bazel this group: {edit}\n"
    )
    repository.module = f'pip.parse(hub_name = "pip", {edit})\n'
    assert repository.report() == ""


def test_settings_for_another_python_are_seen() -> None:
    settings = (
        '[tool.black]\ntarget-version = ["py313"]\n[tool.ruff]\n'
        'target-version = "py314"\n[tool.pyrefly]\npython-version = "3.9"\n'
    )

    found = python_findings(settings, "3.14")

    assert [(it.line, it.rule, it.text) for it in found] == [
        (
            2,
            "lock/python",
            'says `target-version = ["py313"]`, and the build has 3.14.',
        ),
        (6, "lock/python", 'says `python-version = "3.9"`, and the build has 3.14.'),
    ]


def test_a_manifest_that_can_not_be_read_is_a_finding(repository: Repository) -> None:
    repository.manifests["libs/a/pyproject.toml"] = "[project\n"

    assert repository.report() == (
        "libs/a/pyproject.toml: Expected ']' at the end of a table declaration (at line "
        "1, column 9). [lock/unreadable]\nFix: correct it.\n"
    )


@pytest.mark.parametrize("marker", ["os_name ~= 'x'", "'a' in extras"])
def test_a_marker_that_nothing_can_answer_holds_nowhere(
    repository: Repository, marker: str
) -> None:
    repository.inputs = f"numpy>=2; {marker}\npsycopg[binary]\n"

    assert "holds nowhere that the lock is for" in repository.report()


def test_bytes_and_calls_that_only_bazel_reads_are_passed_over(
    repository: Repository,
) -> None:
    repository.build = f"# \udcff\n{BUILD}"
    repository.module = (
        'pip.parse(hub_name = "pip", experimental_requirement_cycles = dict(CYCLES))\n'
    )

    assert repository.report() == ""
