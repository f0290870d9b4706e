"""Pushes of an image, as `bazel run …:push` does them, to two kinds of registry."""

import base64
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tools.image.oci.layout import Image
from tools.image.publish.tests import distribution
from tools.image.publish.tests.distribution import Distribution
from tools.registry import serving
from tools.registry.between import Between

IMAGE = Image(Path(os.environ["IMAGE"]))
CRANE = os.environ["CRANE"]


def push(
    repository: str, *arguments: str, home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Push the image."""
    command = [os.environ["PUBLISH"], f"--plan={os.environ['PLAN']}"]
    command += [f"--push={program}" for program in os.environ["PUSHES"].split()]
    environment: Mapping[str, str] = os.environ
    if home:
        environment = {**os.environ, "HOME": str(home), "DOCKER_CONFIG": str(home)}
    return subprocess.run(
        [*command, f"--repository={repository}", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=60,
    )


def crane(*arguments: str) -> str:
    """Return what crane answers."""
    return subprocess.run(
        [CRANE, *arguments], capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Distribution]:
    with distribution.running(tmp_path_factory.mktemp("registry")) as registry:
        yield registry


@pytest.fixture(scope="module")
def embedded() -> Iterator[str]:
    with serving.running(CRANE) as address:
        yield address


def address_of(kind: str, request: pytest.FixtureRequest) -> str:
    """Return the address of Debian's registry, or of the embedded one."""
    registry: str | Distribution = request.getfixturevalue(kind)
    return registry if isinstance(registry, str) else registry.address


@pytest.mark.parametrize("kind", ["full", "embedded"])
def test_the_image_arrives_and_clients_agree_on_it(
    kind: str, request: pytest.FixtureRequest
) -> None:
    repository = f"{address_of(kind, request)}/team/app"

    done = push(repository, "--tag", "more")

    assert done.returncode == 0, done.stderr
    assert (
        crane("digest", f"{repository}:dev")
        == crane("digest", f"{repository}:more")
        == IMAGE.digest
    )
    assert "PASS" in crane("validate", "--remote", f"{repository}@{IMAGE.digest}")
    skopeo = [
        os.environ["SKOPEO"],
        "inspect",
        "--tls-verify=false",
        f"docker://{repository}:dev",
    ]
    seen = json.loads(
        subprocess.run(skopeo, capture_output=True, check=True, timeout=60).stdout
    )
    assert seen["Digest"] == IMAGE.digest
    assert seen["Layers"] == [layer["digest"] for layer in IMAGE.layers]


def test_a_second_push_uploads_no_blob(full: Distribution) -> None:
    repository = f"{full.address}/second/app"
    push(repository)
    first = full.uploads()
    full.clear_log()

    done = push(repository)

    assert done.returncode == 0
    assert len(first) >= len(IMAGE.layers)
    assert full.uploads() == []


@pytest.mark.parametrize("kind", ["full", "embedded"])
def test_what_refers_to_the_image_is_found_by_its_digest(
    kind: str, request: pytest.FixtureRequest
) -> None:
    repository = f"{address_of(kind, request)}/referred/app"

    push(repository)

    # Neither has a Referrers API: the specification's fallback is a tag of this form.
    fallback = f"{repository}:{IMAGE.digest.replace(':', '-')}"
    listed = json.loads(crane("manifest", fallback))["manifests"]
    types = sorted(it["artifactType"] for it in listed)
    assert types == ["application/vnd.cyclonedx+json", "application/vnd.in-toto+json"]
    for entry in listed:
        manifest = json.loads(crane("manifest", f"{repository}@{entry['digest']}"))
        assert manifest["subject"]["digest"] == IMAGE.digest
        document = json.loads(
            crane("blob", f"{repository}@{manifest['layers'][0]['digest']}")
        )
        assert document.get("bomFormat") == "CycloneDX" or document["subject"][0][
            "digest"
        ] == {"sha256": IMAGE.digest.removeprefix("sha256:")}


def test_no_registry_is_told_in_a_sentence_with_two_ways_out() -> None:
    done = push("127.0.0.1:1/app")

    assert (done.returncode, done.stderr) == (
        1,
        "No registry answers at 127.0.0.1:1.\n"
        "Fix: start one by bazel run //tools/registry, or name yours by "
        "--//tools/image:registry=HOST/PREFIX.\n",
    )


def test_a_push_that_is_cut_off_says_so_and_a_second_run_completes(
    tmp_path: Path,
) -> None:
    with distribution.running(tmp_path / "registry") as registry:
        cutter = Between(registry.port, most=IMAGE.size / 2, cut=registry.kill_at_rest)
        cut = push(f"{cutter.address}/app")
        cutter.close()
        registry.start()

        again = push(f"{registry.address}/app")

        assert cut.returncode != 0
        assert "Fix: " in cut.stderr
        assert again.returncode == 0, again.stderr
        assert "PASS" in crane(
            "validate", "--remote", f"{registry.address}/app@{IMAGE.digest}"
        )


def docker_config(folder: Path, address: str, password: str) -> Path:
    """Write Docker's file with one login."""
    folder.mkdir()
    login = base64.b64encode(f"ci:{password}".encode()).decode()
    (folder / "config.json").write_text(
        json.dumps({"auths": {address: {"auth": login}}})
    )
    return folder


def test_credentials_come_from_docker_s_file(tmp_path: Path) -> None:
    line = subprocess.run(
        [os.environ["HTPASSWD"], "-Bbn", "ci", "right"],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    (tmp_path / "htpasswd").write_bytes(line)
    with distribution.running(tmp_path / "registry", tmp_path / "htpasswd") as registry:
        good = docker_config(tmp_path / "good", registry.address, "right")
        bad = docker_config(tmp_path / "bad", registry.address, "wrong")

        refused = push(f"{registry.address}/app", home=bad)
        accepted = push(f"{registry.address}/app", home=good)

    assert accepted.returncode == 0, accepted.stderr
    assert refused.returncode != 0
    assert re.search("UNAUTHORIZED|401", refused.stderr)
    assert f"The push to {registry.address}/app failed" in refused.stderr
    assert f"Fix: log in to {registry.address} (docker login" in refused.stderr


@pytest.mark.parametrize(
    ("repository", "flags", "words"),
    [
        ("registry.invalid/app", [], "No registry answers at registry.invalid.\nFix: "),
        (
            "127.0.0.1:{port}/Team",
            [],
            "Fix: name the place as HOST/NAME, in lower case",
        ),
        (
            "https://127.0.0.1:{port}/x",
            [],
            "Fix: name the place as HOST/NAME, in lower",
        ),
        ("127.0.0.1:{port}/app", ["--nope"], "and no flag but --repository, --tag"),
    ],
)
def test_mistake_is_told_from_a_registry_s_refusal(
    full: Distribution, repository: str, flags: list[str], words: str
) -> None:
    done = push(repository.format(port=full.port), *flags)

    assert done.returncode != 0
    assert words in done.stderr


def test_the_default_registry_is_the_embedded_one() -> None:
    assert (
        Path(os.environ["REGISTRY"]).read_text()
        == f"127.0.0.1:{serving.DEFAULT_PORT}\n"
    )
