"""Sending of images that share layers: what one repository has is mounted into another."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.image.layout import Image
from tools.image.publish.plans import Outcome, Plan
from tools.image.publish.sending import (
    Clients,
    Parcel,
    Referrer,
    RegistryError,
    attach,
    blobs_of,
    run,
    send,
)
from tools.image.publish.tests import distribution
from tools.image.publish.tests.distribution import Distribution
from tools.image.testing import booting

LAYOUT = Path(os.environ["IMAGE"])
IMAGE = Image(LAYOUT)
CRANE = os.path.abspath(os.environ["CRANE"])
REFERRERS = tuple(
    Referrer(Path(os.environ[f"{kind}_REFERRER"]), Path(os.environ[f"{kind}_PUSH"]))
    for kind in ("BOM", "PROVENANCE")
)
SIZES = blobs_of(LAYOUT)
DOCUMENTS = blobs_of(REFERRERS[0].layout) | blobs_of(REFERRERS[1].layout)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Distribution]:
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


def parcel(registry: Distribution, name: str) -> Parcel:
    plan = Plan(
        f"//{name}:image", IMAGE.digest, f"{registry.address}/{name}", ("one", "two")
    )
    return Parcel(plan, LAYOUT, Path(os.environ["PUSH"]), REFERRERS)


def test_what_the_registry_lacks_is_sent(registry: Distribution, skopeo: str) -> None:
    got = send(Clients(CRANE, skopeo), parcel(registry, "first"))

    assert got == Outcome("//first:image", sent=SIZES | DOCUMENTS)
    assert Clients(CRANE).has(parcel(registry, "first").plan.reference)


def test_layers_of_another_repository_are_mounted(
    registry: Distribution, skopeo: str
) -> None:
    clients = Clients(CRANE, skopeo)
    send(clients, parcel(registry, "first"))
    registry.clear_log()

    got = send(clients, parcel(registry, "second"))

    layers = {it["digest"].partition(":")[2] for it in IMAGE.layers}
    assert got.failure == ""
    assert got.mounted.keys() == layers
    assert len(registry.mounts()) == len(layers)
    assert got.sent.keys() - DOCUMENTS.keys() == SIZES.keys() - layers


def test_without_skopeo_the_push_sends_everything(
    registry: Distribution, skopeo: str
) -> None:
    send(Clients(CRANE, skopeo), parcel(registry, "first"))

    got = send(Clients(CRANE), parcel(registry, "third"))

    assert (got.failure, got.sent, got.mounted) == ("", SIZES | DOCUMENTS, {})


def test_an_image_that_is_there_is_known_and_gets_its_tags(
    registry: Distribution,
) -> None:
    clients = Clients(CRANE)
    plan = parcel(registry, "tagged").plan
    before = clients.has(plan.reference)
    send(clients, parcel(registry, "tagged"))

    said = clients.tag(plan)

    assert (before, clients.has(plan.reference), said) == (False, True, "")
    tags = run([CRANE, "ls", plan.repository]).stdout.split()
    assert set(tags) >= {"one", "two"}


def test_a_push_that_fails_gives_its_reason(registry: Distribution) -> None:
    lost = parcel(registry, "lost")
    registry.kill()

    got = send(Clients(CRANE), lost)

    assert "connection refused" in got.failure


def test_documents_alone_are_sent_to_an_image_that_is_there(
    registry: Distribution,
) -> None:
    whole = parcel(registry, "documents")
    send(Clients(CRANE), Parcel(whole.plan, whole.layout, whole.push, ()))

    got = attach(whole.plan, REFERRERS, Outcome("//documents:image", skipped=True))

    assert got == Outcome("//documents:image", skipped=True, sent=DOCUMENTS)
    for referrer in REFERRERS:
        digest = Image(referrer.layout).digest
        assert Clients(CRANE).has(f"{whole.plan.repository}@{digest}")


def test_a_registry_that_does_not_answer_has_said_nothing(
    registry: Distribution,
) -> None:
    lost = parcel(registry, "lost").plan
    registry.kill()

    with pytest.raises(RegistryError, match="connection refused"):
        Clients(CRANE).has(lost.reference)


@pytest.mark.parametrize("has_own", [True, False])
def test_a_target_of_its_own_looks_for_its_own_runfiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_own: bool
) -> None:
    monkeypatch.setenv("RUNFILES_DIR", "/those/of/this/program")
    program = tmp_path / "push"
    program.write_text('#!/bin/sh\necho "${RUNFILES_DIR-its own}"\n')
    program.chmod(0o755)
    if has_own:
        program.with_name("push.runfiles").mkdir()

    got = run([program]).stdout

    assert got == ("its own\n" if has_own else "/those/of/this/program\n")
