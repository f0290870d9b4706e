"""Sending to a true registry: what it lacks, what one repository has is mounted into another."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.image.conformance import booting
from tools.image.oci.layout import Image
from tools.image.publish.client import RegistryError, run
from tools.image.publish.plan import Part, Plan
from tools.image.publish.push_all import Push, ask, ask_blobs, send
from tools.image.publish.registry import Registry
from tools.image.publish.tests import distribution
from tools.image.publish.tests.distribution import Distribution

NAMES = ("IMAGE", "BOM", "PROVENANCE")
FILES = {name: Path(os.environ[name]) for name in NAMES}
LAYOUTS = [FILES[name] for name in NAMES]
PARTS = tuple(Part(Image(FILES[name]).digest, name) for name in NAMES)
SIZES = [Image(layout).blob_sizes for layout in LAYOUTS]
ALL = SIZES[0] | SIZES[1] | SIZES[2]
LAYERS = {layer["digest"] for layer in Image(LAYOUTS[0]).layers}
CRANE = os.path.abspath(os.environ["CRANE"])
REGISTRY = Registry(CRANE)


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Distribution]:
    with distribution.running(tmp_path / "registry") as found:
        yield found


@pytest.fixture
def skopeo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a skopeo that keeps what it remembers of registries inside the test.

    Root's skopeo keeps it below /var, which a sandbox doesn't have; another user's asks the environment.
    """
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    bwrap, program = (os.path.abspath(os.environ[name]) for name in ("BWRAP", "SKOPEO"))
    booting.require_namespaces(bwrap)
    starter = tmp_path / "skopeo"
    user = "--unshare-user --uid 1000 --gid 1000 --dev-bind / /"
    starter.write_text(f'#!/bin/sh\nexec {bwrap} {user} -- {program} "$@"\n')
    starter.chmod(0o755)
    return str(starter)


def asked(registry: Distribution, name: str) -> Push:
    """Return the push of the image to a repository, with what that lacks."""
    place = f"{registry.address}/{name}"
    push = ask(REGISTRY, Plan(f"//{name}:image", place, ("one", "two"), PARTS))
    for part in push.lacking:
        push.sizes |= Image(FILES[part.layout]).blob_sizes
    ask_blobs(REGISTRY, push)
    return push


def test_what_the_registry_lacks_is_sent(full: Distribution, skopeo: str) -> None:
    push = asked(full, "first")

    said = send(push, FILES, REGISTRY, skopeo)

    assert (push.failure, push.sizes, push.new) == ("", ALL, set(ALL))
    assert "Copying blob" in said
    assert "pushed blob" in said
    again = asked(full, "first")
    assert (again.lacking, again.new) == ((), set())


def test_layers_of_another_repository_are_mounted(
    full: Distribution, skopeo: str
) -> None:
    send(asked(full, "first"), FILES, REGISTRY, skopeo)
    full.clear_log()
    push = asked(full, "second")

    send(push, FILES, REGISTRY, skopeo)

    assert push.failure == ""
    assert len(full.mounts()) == len(LAYERS)


def test_without_skopeo_the_push_sends_everything(
    full: Distribution, skopeo: str
) -> None:
    send(asked(full, "first"), FILES, REGISTRY, skopeo)
    push = asked(full, "third")
    full.clear_log()

    send(push, FILES, REGISTRY, "")

    assert (push.failure, push.new, full.mounts()) == ("", set(ALL), [])
    assert len(full.uploads()) >= len(ALL)


def test_an_image_that_is_there_gets_its_tags(full: Distribution) -> None:
    send(asked(full, "tagged"), FILES, REGISTRY, "")

    push = asked(full, "tagged")

    tags = run([CRANE, "ls", push.plan.repository]).split()
    assert push.lacking == ()
    assert set(tags) >= {"one", "two"}


def test_documents_alone_are_sent_to_an_image_that_is_there(
    full: Distribution,
) -> None:
    first = asked(full, "documents")
    first.lacking = PARTS[:1]
    send(first, FILES, REGISTRY, "")
    full.clear_log()

    push = asked(full, "documents")
    send(push, FILES, REGISTRY, "")

    assert (push.lacking, push.failure) == (PARTS[1:], "")
    assert push.new == SIZES[1].keys() | SIZES[2].keys()
    assert asked(full, "documents").lacking == ()


def test_a_push_that_fails_gives_its_reason(full: Distribution) -> None:
    push = asked(full, "lost")
    full.kill()

    said = send(push, FILES, REGISTRY, "")

    assert "connection refused" in push.failure
    assert push.failure in said


def test_a_registry_that_does_not_answer_has_said_nothing(full: Distribution) -> None:
    full.kill()

    with pytest.raises(RegistryError, match="connection refused"):
        REGISTRY.digest(f"{full.address}/lost@{PARTS[0].digest}")


def test_blobs_are_asked_for_with_the_credentials_of_docker_s_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = subprocess.run(
        [os.environ["HTPASSWD"], "-Bbn", "ci", "right"],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    (tmp_path / "htpasswd").write_bytes(line)
    with distribution.running(tmp_path / "registry", tmp_path / "htpasswd") as registry:
        login = base64.b64encode(b"ci:right").decode()
        config = {"auths": {registry.address: {"auth": login}}}
        (tmp_path / "config.json").write_text(json.dumps(config))
        place = f"{registry.address}/app"
        before = REGISTRY.missing(place, ALL)
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
        send(asked(registry, "app"), FILES, REGISTRY, "")

        known = REGISTRY.missing(place, [*ALL, "sha256:" + "0" * 64])
        monkeypatch.delenv("DOCKER_CONFIG")
        monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
        unknown = REGISTRY.missing(place, ALL)

    assert (before, known) == (set(ALL), {"sha256:" + "0" * 64})
    assert unknown == ALL.keys()
