"""Signatures of what a true registry has, as cosign itself judges them."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tools.image.oci.layout import Image
from tools.image.publish.__main__ import main
from tools.image.publish.plan import Plan
from tools.image.publish.push_all import Push, ask, send
from tools.image.publish.registry import Registry
from tools.image.publish.signing import KEY, PASSWORD, Signer, SigningError
from tools.image.publish.tests.hand_made import plan_of, write_image, write_index
from tools.registry import serving

CRANE = os.path.abspath(os.environ["CRANE"])
COSIGN = Path(os.environ["COSIGN"]).absolute()
REGISTRY = Registry(CRANE)


@pytest.fixture(autouse=True)
def cosign_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(COSIGN.parent), prepend=os.pathsep)
    monkeypatch.setenv(PASSWORD, "secret")
    monkeypatch.delenv(KEY, raising=False)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving.running(CRANE) as found:
        yield found


@pytest.fixture
def repository(address: str, tmp_path: Path) -> str:
    return f"{address}/{tmp_path.name.lower()}"


def cosign(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run cosign in a folder."""
    return subprocess.run(
        [COSIGN, *arguments],
        cwd=folder,
        env={**os.environ, PASSWORD: "secret"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def new_key(folder: Path) -> Path:
    """Make a pair of keys; return the private one."""
    folder.mkdir()
    assert cosign(folder, "generate-key-pair").returncode == 0
    return folder / "cosign.key"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_key(tmp_path_factory.mktemp("keys") / "key")


def is_verified(key: Path, reference: str) -> bool:
    """Return whether cosign takes what a registry has, by the command of docs/images.md."""
    words = ["verify", "--key=cosign.pub", "--insecure-ignore-tlog=true", reference]
    return cosign(key.parent, *words).returncode == 0


def signing(key: Path, *, again: bool = False) -> Registry:
    """Return registries whose images are signed by a key."""
    # What found a signer before took it away.
    os.environ[PASSWORD] = "secret"
    return replace(REGISTRY, signer=Signer.find(str(key), again=again))


def write_layout(kind: str, folder: Path) -> Image:
    """Write an image, or an index of two."""
    if kind == "image":
        return write_image(folder, b"code")
    return write_index(folder, amd64=[b"code", b"x86"], arm64=[b"code", b"arm"])


def push_to(registry: Registry, plan: Plan, files: dict[str, Path]) -> Push:
    """Push what a registry lacks, without skopeo."""
    push = ask(registry, plan)
    for part in push.lacking:
        push.sizes |= Image(files[part.layout]).blob_sizes
    if not push.is_done:
        send(push, files, registry, skopeo="")
    assert push.failure == ""
    return push


@pytest.mark.parametrize("kind", ["image", "index"])
def test_what_is_pushed_is_signed_once_and_verified(
    tmp_path: Path, repository: str, key: Path, kind: str
) -> None:
    image = write_layout(kind, tmp_path / kind)
    plan, files = plan_of(repository, image)

    first = push_to(signing(key), plan, files)
    tags = REGISTRY.tags(repository)
    again = ask(signing(key), plan)

    assert first.text.startswith("pushed   //x:image: ")
    assert first.text.endswith("; signed it")
    assert (again.is_done, again.text) == (
        True,
        "skipped  //x:image: the registry has it",
    )
    assert REGISTRY.tags(repository) == tags
    found = {plan.reference(part) for part in plan.parts}
    found |= {f"{repository}@{known.digest}" for known in image.images}
    assert len(found) == {"image": 2, "index": 4}[kind]
    assert all(is_verified(key, reference) for reference in found)


def test_image_that_is_there_unsigned_is_signed_and_not_sent(
    tmp_path: Path, repository: str, key: Path
) -> None:
    plan, files = plan_of(repository, write_layout("image", tmp_path / "image"))
    unsigned = push_to(REGISTRY, plan, files)
    assert not is_verified(key, plan.reference(plan.parts[0]))

    push = push_to(signing(key), plan, {})

    assert unsigned.is_signed
    assert push.text == "skipped  //x:image: the registry has it; signed it"
    assert is_verified(key, f"{repository}:dev")


def test_whether_an_image_is_signed_is_one_request(
    tmp_path: Path, repository: str, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, files = plan_of(repository, write_layout("image", tmp_path / "image"))
    push_to(signing(key), plan, files)
    asked: list[str] = []
    answer = Registry.digest

    def digest(registry: Registry, reference: str) -> str:
        asked.append(reference)
        return answer(registry, reference)

    monkeypatch.setattr(Registry, "digest", digest)
    ask(REGISTRY, plan)
    plain = len(asked)
    ask(signing(key), plan)

    assert len(asked) == 2 * plain + 1


def test_another_key_is_refused_until_it_signs_too(
    tmp_path: Path, repository: str, key: Path
) -> None:
    other = new_key(tmp_path / "other")
    plan, files = plan_of(repository, write_layout("image", tmp_path / "image"))
    push_to(signing(key), plan, files)
    before = is_verified(other, f"{repository}:dev")

    push_to(signing(other, again=True), plan, files)

    assert not before
    assert is_verified(other, f"{repository}:dev")
    assert is_verified(key, f"{repository}:dev")


def test_signature_of_another_image_is_refused(
    tmp_path: Path, repository: str, key: Path
) -> None:
    plan, files = plan_of(repository, write_layout("image", tmp_path / "image"))
    push_to(signing(key), plan, files)
    changed = write_image(tmp_path / "changed", b"other code")
    REGISTRY.push(changed.folder, f"{repository}:dev")
    unsigned = is_verified(key, f"{repository}:dev")
    names = [
        f"{repository}:{digest.replace(':', '-')}.sig"
        for digest in (plan.digest, changed.digest)
    ]
    subprocess.run([CRANE, "copy", *names], check=True, timeout=60)

    assert not unsigned
    assert REGISTRY.digest(names[1])
    assert not is_verified(key, f"{repository}:dev")
    assert is_verified(key, plan.reference(plan.parts[0]))


def test_push_of_one_image_signs_it_whole(
    tmp_path: Path, repository: str, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = write_layout("index", tmp_path / "index")
    plan, files = plan_of(repository, image)
    programs = []
    for part in plan.parts:
        program = tmp_path / part.layout
        place = plan.reference(part)
        program.write_text(f"#!/bin/sh\nexec {CRANE} push {files[part.layout]} {place}")
        program.chmod(0o755)
        programs.append(f"--push={program}")
    planned = tmp_path / "plan.json"
    planned.write_text(json.dumps(asdict(plan)))
    monkeypatch.setenv(KEY, str(key))

    code = main([*programs, f"--plan={planned}"])

    assert code == 0
    found = [*map(plan.reference, plan.parts), f"{repository}@{image.images[1].digest}"]
    assert all(is_verified(key, reference) for reference in found)


def test_wrong_password_is_said_before_anything_is_sent(
    key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "wrong")

    with pytest.raises(SigningError) as caught:
        Signer.find(str(key))

    assert str(caught.value) == (
        "The key can't be used: decrypt: encrypted: decryption failed.\n"
        "Fix: name one of cosign generate-key-pair, and its password by COSIGN_PASSWORD."
    )
