"""Tests of signing, with cosign played by a script that notes what it is told."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest

from tools.image.publish.__main__ import main
from tools.image.publish.client import RegistryError
from tools.image.publish.plan import Part, Plan
from tools.image.publish.signing import KEY, PASSWORD, Signer, SigningError

# Answers as cosign does; of `sign` it notes the arguments, and the password that it sees.
SCRIPT = """#!/bin/sh
case "$1 $2" in
"sign --help") echo "{options}" ;;
sign*) echo "$*|$COSIGN_PASSWORD" >>"{notes}"; exit {code} ;;
esac
"""


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "secret")
    monkeypatch.delenv(KEY, raising=False)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "cosign.key"
    path.write_text("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----")
    return path


def play_cosign(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: str = "", code: int = 0
) -> Path:
    """Put the script on the PATH; return the file of its notes."""
    notes, script = folder / "notes", folder / "bin/cosign"
    script.parent.mkdir()
    script.write_text(SCRIPT.format(options=options, notes=notes, code=code))
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent), prepend=os.pathsep)
    return notes


@pytest.mark.parametrize(
    ("options", "form"),
    [
        (
            "--use-signing-config=true:",
            " --use-signing-config=false --new-bundle-format=false",
        ),
        ("--tlog-upload=true:", ""),
    ],
)
def test_each_version_of_cosign_signs_in_the_form_that_all_verify(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    key: Path,
    options: str,
    form: str,
) -> None:
    notes = play_cosign(tmp_path, monkeypatch, options)
    signer = Signer.find(str(key))
    assert signer

    signer.sign(["r/x@sha256:1", "r/x@sha256:2"])

    always = "sign --yes --recursive --tlog-upload=false"
    assert notes.read_text() == (
        f"{always}{form} --key={key} r/x@sha256:1 r/x@sha256:2|secret\n"
    )


def test_password_is_cosign_s_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: Path
) -> None:
    play_cosign(tmp_path, monkeypatch)
    monkeypatch.setenv(KEY, str(key))

    signer = Signer.find("")

    assert signer
    assert PASSWORD not in os.environ
    assert "secret" not in repr(signer)


def test_address_of_a_key_service_is_given_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_cosign(tmp_path, monkeypatch)

    signer = Signer.find("awskms:///alias/images")

    assert signer
    assert signer.command[-1] == "--key=awskms:///alias/images"


def test_file_is_looked_up_where_the_user_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: Path
) -> None:
    play_cosign(tmp_path, monkeypatch)
    monkeypatch.setenv("BUILD_WORKING_DIRECTORY", str(key.parent))

    signer = Signer.find(key.name)

    assert signer
    assert signer.command[-1] == f"--key={key}"


def test_failure_is_that_of_a_registry_s_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: Path
) -> None:
    play_cosign(tmp_path, monkeypatch, code=1)
    signer = Signer.find(str(key))
    assert signer

    with pytest.raises(RegistryError):
        signer.sign(["r/x@sha256:1"])


def pushed(folder: Path, key: str) -> tuple[int, bool]:
    """Push one image; return the exit code, and whether anything was sent."""
    plan = Plan("//x:image", "r.example/x", ("dev",), (Part("sha256:1", "//x:image"),))
    (folder / "plan.json").write_text(json.dumps(asdict(plan)))
    program = folder / "push"
    program.write_text(f"#!/bin/sh\ntouch {folder}/sent\n")
    program.chmod(0o755)
    code = main([f"--push={program}", f"--plan={folder}/plan.json", f"--key={key}"])
    return code, (folder / "sent").exists()


def test_push_by_no_key_sends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    play_cosign(tmp_path, monkeypatch)

    assert pushed(tmp_path, "absent.key") == (2, False)
    assert "--key, or COSIGN_KEY: found 'absent.key'" in capsys.readouterr().err


def test_push_that_is_not_signed_fails(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    key: Path,
) -> None:
    play_cosign(tmp_path, monkeypatch, code=1)

    assert pushed(tmp_path, str(key)) == (1, True)
    assert "Fix: run the same command again" in capsys.readouterr().err


def test_without_a_key_nothing_is_signed_and_that_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert Signer.find("") is None
    assert capsys.readouterr().err == (
        "Nothing is signed: neither --key nor COSIGN_KEY names a key.\n"
    )


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("absent.key", "found 'absent.key', wanted a file"),
        ("env://HELD", "found 'env://HELD', wanted a file"),
        ("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nabc", "found a key itself, "),
    ],
)
def test_key_is_a_file_and_one_in_a_variable_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, found: str
) -> None:
    play_cosign(tmp_path, monkeypatch)
    monkeypatch.setenv(KEY, key)

    with pytest.raises(SigningError) as caught:
        Signer.find("")

    text = str(caught.value)
    assert found in text
    assert "Bazel logs what a variable holds.\nFix: " in text
    assert "abc" not in text


def test_key_without_cosign_is_refused(
    key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(SigningError, match=r"(?s)no cosign on the PATH.*Fix: "):
        Signer.find(str(key))
