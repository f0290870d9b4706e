"""A push to a true registry, by the target that `bazel run` would start."""

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator

import pytest

from tools.registry import serving


@pytest.fixture
def registry() -> Iterator[str]:
    """Yield the address of a registry that ends with the test."""
    with serving.running(os.environ["CRANE"]) as address:
        yield address


def _push(target: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [os.environ[target], *arguments]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=30
    )


def _tags(registry: str) -> list[str]:
    with urllib.request.urlopen(
        f"http://{registry}/v2/app/tags/list", timeout=30
    ) as response:
        tags: list[str] = json.load(response)["tags"]
    return tags


def _digest(reference: str) -> str:
    command = [os.environ["CRANE"], "digest", reference]
    return subprocess.check_output(command, encoding="utf-8", timeout=30).strip()


def test_the_image_arrives_under_its_digest_and_tags(registry: str) -> None:
    done = _push("PUSH", "--repository", f"{registry}/app", "--tag", "more")

    want = "sha256:0e0d2d351aefd01b86867ce9a71a74ea0d5edd6af1b11299530179830c1d5378"
    assert done.returncode == 0, done.stderr
    assert f"{registry}/app@{want}" in done.stdout
    assert sorted(_tags(registry)) == ["dev", "more"]
    assert _digest(f"{registry}/app:dev") == want
    assert _digest(f"{registry}/app:more") == want


def test_an_index_arrives_with_its_images(registry: str) -> None:
    done = _push("PUSH_INDEX", f"--repository={registry}/app")

    want = "sha256:25136fe0c7dabf87f856fea3faa006e9b3ae0ca19f4971f69895a0f0050198d5"
    arm = "sha256:47ded7e5aeb3222c1e25a37ebad0e9df7f2cecacabb8360469cbc13fe78a31ce"
    assert done.returncode == 0
    assert _digest(f"{registry}/app:dev") == want
    assert _digest(f"{registry}/app@{arm}") == arm


def test_a_push_that_can_not_arrive_fails() -> None:
    done = _push("PUSH")

    assert done.returncode != 0
    assert "127.0.0.1:1" in done.stderr


def test_a_push_to_nowhere_says_so() -> None:
    done = _push("PUSH_INDEX")

    assert done.returncode == 1
    assert "repository not set" in done.stderr
