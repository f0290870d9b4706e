"""Loading into a container engine: here a program that keeps what it is given."""

import json
import os
import tarfile
from pathlib import Path

import load
import pytest
from launch import Launch

from tools.debian.rules_oci.tests import images
from tools.debian.rules_oci.tests.images import SCRATCH, assembled

_ENGINE = """#!/bin/sh
test "$1 $2" = "load --input" && cat "$3" >{kept}
"""


def _program(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def _engine(folder: Path, name: str) -> Path:
    text = _ENGINE.format(kept=folder / "kept.tar")
    return _program(folder / name, text)


def _launch(folder: Path, **values: str) -> Launch:
    assembled(folder, "image", *SCRATCH)
    (folder / "tags.txt").write_text("app:dev\napp:latest\n", encoding="utf-8")
    given = {"format": "docker", "image": "image", "repo_tags": "tags.txt"}
    given["label"] = "//a:load"
    return Launch({**given, **values}, folder)


def _kept_tags(folder: Path) -> list[str]:
    with tarfile.open(folder / "kept.tar") as tar:
        member = tar.extractfile("manifest.json")
        assert member is not None
        [described] = json.loads(member.read())
    tags: list[str] = described["RepoTags"]
    return tags


def test_the_loader_of_the_target_is_used(tmp_path: Path) -> None:
    _engine(tmp_path, "engine")

    code = load.run(_launch(tmp_path, loader="engine"))

    assert code == 0
    assert _kept_tags(tmp_path) == ["app:dev", "app:latest"]


def test_an_engine_of_the_path_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _engine(tmp_path, "docker")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    assert load.run(_launch(tmp_path)) == 0

    assert _kept_tags(tmp_path) == ["app:dev", "app:latest"]


def test_no_engine_is_one_sentence_and_a_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert load.run(_launch(tmp_path)) == 1

    assert capsys.readouterr().err == (
        "no container engine was found: none of docker, podman and nerdctl is on the "
        "PATH of Bazel's root, which an engine outside of it never is.\n"
        "Fix: bazel build --output_groups=tarball //a:load, then docker load --input the "
        "archive that it names; or give the oci_load a loader.\n"
    )


def test_the_exit_code_of_the_engine_is_ours(tmp_path: Path) -> None:
    _program(tmp_path / "engine", "#!/bin/sh\ncat <$3 >/dev/null\nexit 7\n")

    assert load.run(_launch(tmp_path, loader="engine")) == 7


def test_an_engine_that_stops_reading_ends_the_load(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _program(tmp_path / "engine", "#!/bin/sh\nexit 3\n")
    # More than a pipe holds, so that writing must fail.
    big = images.layer(tmp_path, "big.tar", os.urandom(1 << 20), "//p:big")
    launch = _launch(tmp_path, loader="engine", image="large")
    assembled(tmp_path, "large", *SCRATCH, *big)

    assert load.run(launch) == 3

    assert "stopped reading the image" in capsys.readouterr().err


def test_an_action_writes_the_archive_itself(tmp_path: Path) -> None:
    _launch(tmp_path)

    code = load.main(
        [
            f"--image={tmp_path}/image",
            f"--repo_tags={tmp_path}/tags.txt",
            "--format=docker",
            f"--output={tmp_path}/kept.tar",
        ]
    )

    assert code == 0
    assert _kept_tags(tmp_path) == ["app:dev", "app:latest"]
