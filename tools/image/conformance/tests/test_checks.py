"""Tests of the checks: each is shown an image that it must refuse."""

import json
import sys
from pathlib import Path

import pytest

from tools.image.conformance import checks
from tools.image.conformance.checks import Unpacked
from tools.image.layer_writer.bytecode import compile_module, compiled_path
from tools.image.oci.layout import Image
from tools.lock.audit.policy import Policy

GOOD = {
    "created": "1970-01-01T00:00:00Z",
    "config": {
        "Env": ["PATH=/opt/venv/bin:/usr/bin"],
        "User": "65532:65532",
        "Entrypoint": ["/opt/venv/bin/python", "-m", "x"],
    },
    "architecture": "amd64",
    "history": [{"created_by": "bazel build //services/x:image_layers"}],
}


class Maker:
    """Makes an unpacked image with what a test needs of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file("opt/venv/bin/python", b"\x7fELF").chmod(0o755)

    def file(self, path: str, content: bytes = b"") -> Path:
        file = self.folder / "root" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(0o644)
        return file

    def image(self, layers: int = 0, **changes: object) -> Unpacked:
        """Return the image; `created` and `history` change its configuration, the rest its settings."""
        blobs = self.folder / "image/blobs/sha256"
        blobs.mkdir(parents=True)
        outer = {name: changes.pop(name) for name in set(GOOD).intersection(changes)}
        config = {**GOOD, **outer, "config": {**GOOD["config"], **changes}}
        (blobs / "c").write_text(json.dumps(config))
        manifest = {"config": {"digest": "sha256:c"}, "layers": [{"size": layers}]}
        (blobs / "m").write_text(json.dumps(manifest))
        index = {"manifests": [{"digest": "sha256:m"}]}
        (self.folder / "image/index.json").write_text(json.dumps(index))
        return Unpacked(Image(self.folder / "image"), self.folder / "root")


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


def test_a_good_image_passes(maker: Maker) -> None:
    source = b"X = 1\n"
    compiled = compile_module("app/x.py", source)
    assert compiled is not None
    maker.file("app/x.py", source)
    maker.file(compiled_path("app/x.py"), compiled)
    maker.file("opt/venv/bin/python").chmod(0o755)
    image = maker.image()

    got = [
        *(checks.entrypoint(image), checks.user(image), checks.reproducible(image)),
        *(checks.modes(image), checks.first_party_tests(image), checks.secrets(image)),
        *(checks.libraries(image), checks.compiled(image), checks.size(image, 1)),
    ]

    assert got == [[]] * 9


@pytest.mark.parametrize(
    ("command", "want"),
    [
        (["/opt/venv/bin/python"], []),
        (["python"], []),
        (
            ["none"],
            ["the entrypoint none isn't an executable file of the image on its PATH"],
        ),
        (
            ["bin/python"],
            ['the entrypoint "bin/python" is neither an absolute path nor a bare name'],
        ),
        ([], ['the entrypoint "" is neither an absolute path nor a bare name']),
        (["/opt"], ["the entrypoint /opt isn't an executable file of the image"]),
        (
            ["/bin/none"],
            ["the entrypoint /bin/none isn't an executable file of the image"],
        ),
        (
            ["/opt/venv/bin/python", "/bin/sh"],
            ["the entrypoint /opt/venv/bin/python /bin/sh starts a shell"],
        ),
    ],
)
def test_an_entrypoint_must_be_a_program(
    maker: Maker, command: list[str], want: list[str]
) -> None:
    assert checks.entrypoint(maker.image(Entrypoint=command)) == want


@pytest.mark.parametrize("user", ["", "0", "0:0", "1000:0", "nonroot"])
def test_root_and_names_are_refused_as_user(maker: Maker, user: str) -> None:
    assert checks.user(maker.image(User=user)) == [
        f'the user "{user}" isn\'t a number other than 0'
    ]


def test_a_label_that_moves_with_the_commit_is_refused(maker: Maker) -> None:
    labels = {"org.opencontainers.image.revision": "abc", "team": "ml"}

    got = checks.reproducible(maker.image(Labels=labels))

    assert got == [
        "the label org.opencontainers.image.revision changes with every commit"
    ]


def test_a_time_of_creation_is_refused(maker: Maker) -> None:
    got = checks.reproducible(maker.image(created="2026-11-26T08:00:00Z"))

    assert got == ["the time of creation is 2026-11-26T08:00:00Z"]


def test_a_canonical_repository_name_in_the_history_is_refused(maker: Maker) -> None:
    made = "bazel build @@rules_python~~pip~pip//numpy:layer"

    got = checks.reproducible(maker.image(history=[{}, {"created_by": made}]))

    assert got == [f"the history names a repository of this machine: {made}"]


def test_a_library_that_the_image_lacks_is_refused(maker: Maker) -> None:
    python = Path(sys.executable).resolve().read_bytes()
    maker.file("usr/bin/tool", python)

    got = checks.libraries(maker.image())

    assert "/usr/bin/tool needs libc.so.6" in got


def test_a_wheel_for_another_processor_is_refused(maker: Maker) -> None:
    maker.file("opt/venv/bin/python", b"\x7fELF".ljust(18) + b"\xb7\0")
    maker.file("opt/venv/lib/a.so", b"\x7fELF".ljust(18) + b"\x3e\0")
    maker.file("opt/venv/lib/b.so", b"\x7fELF".ljust(18) + b"\x28\0")

    got = checks.machines(maker.image(architecture="arm64"))

    assert [text.partition("\n")[0] for text in got] == [
        "/opt/venv/lib/a.so is for amd64, and the image for arm64",
        "/opt/venv/lib/b.so is for machine 40, and the image for arm64",
    ]


def test_setuid_and_world_writable_files_are_refused(maker: Maker) -> None:
    maker.file("usr/bin/a").chmod(0o4755)
    maker.file("usr/bin/b").chmod(0o666)

    got = checks.modes(maker.image())

    assert got == [
        "/usr/bin/a is setuid or setgid",
        "/usr/bin/b is writable for everyone",
    ]


def test_first_party_tests_are_refused(maker: Maker) -> None:
    for path in (
        "app/x/tests/a.py",
        "app/x/conftest.py",
        "app/x/test_a.py",
        "app/x/latest.py",
    ):
        maker.file(path)

    got = checks.first_party_tests(maker.image())

    fix = "Fix: leave it out of the program's deps and data, or move it where no tests lie"
    assert got == [
        f"/app/x/conftest.py is a test\n{fix}",
        f"/app/x/test_a.py is a test\n{fix}",
        f"/app/x/tests/a.py is a test\n{fix}",
    ]


def test_secrets_are_refused_by_name_and_by_content(maker: Maker) -> None:
    maker.file("app/.env")
    maker.file("home/nonroot/.ssh/config")
    maker.file("app/settings.txt", b"-----BEGIN RSA " + b"PRIVATE KEY-----\n")
    maker.file("app/environment.py")

    got = checks.secrets(maker.image())

    fix = "Fix: take it out of deps and data, and mount it where the image runs"
    assert got == [
        f"/app/.env looks like a secret\n{fix}",
        f"/home/nonroot/.ssh/config looks like a secret\n{fix}",
        f"/app/settings.txt holds a private key\n{fix}",
    ]


def test_an_image_above_its_budget_is_refused(maker: Maker) -> None:
    got = checks.size(maker.image(layers=2_500_000), 2.4)

    assert got == ["the image has 2.5 MB compressed; at most 2.4 are wanted"]


def test_modules_must_be_compiled_from_their_own_source(maker: Maker) -> None:
    stale = compile_module("app/stale.py", b"X = 1\n")
    assert stale is not None
    maker.file("app/stale.py", b"X = 2\n")
    maker.file(compiled_path("app/stale.py"), stale)
    maker.file("app/plain.py", b"X = 1\n")
    maker.file("app/template.py", b"{% if %}")

    got = checks.compiled(maker.image())

    assert got == [
        "/app/plain.py isn't compiled",
        "/app/stale.py was compiled from another source, or is checked at each start",
    ]


def test_licences_must_be_among_those_that_may_ship(maker: Maker) -> None:
    site = "opt/venv/lib/python3/site-packages"
    for name, line in (("a", "License: MIT"), ("b", "License: BSD"), ("c", "")):
        text = f"Name: {name}\n{line}\n\n"
        maker.file(f"{site}/{name}-1.dist-info/METADATA", text.encode())
    policy = Policy(images=frozenset({"MIT"}), reviewed={"c": "ISC"})

    got = [
        text.partition(". Fix")[0] for text in checks.licences(maker.image(), policy)
    ]

    assert got == [
        "b doesn't say its licence as SPDX names it",
        "c has the licence ISC",
    ]
