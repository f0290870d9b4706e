"""A load into a container engine, by the target that `bazel run` would start."""

import hashlib
import json
import os
import subprocess
import tarfile
from pathlib import Path


def _loaded(target: str, folder: Path) -> dict[str, bytes]:
    kept = folder / "kept.tar"
    environment = {**os.environ, "ENGINE_KEEPS": str(kept)}
    subprocess.run([os.environ[target]], env=environment, check=True, timeout=30)
    found = {}
    with tarfile.open(kept) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content:
                found[member.name] = content.read()
    return found


def test_docker_gets_config_layers_and_tags(tmp_path: Path) -> None:
    found = _loaded("LOAD", tmp_path)

    [described] = json.loads(found["manifest.json"])
    config = json.loads(found[described["Config"]])
    layers = [found[name] for name in described["Layers"]]
    assert described["RepoTags"] == ["app:dev"]
    assert config["config"]["Entrypoint"] == ["/bin/app", "two words"]
    assert layers == [b"\0" * 1024] * 2


def test_an_index_is_loaded_as_a_layout(tmp_path: Path) -> None:
    found = _loaded("LOAD_INDEX", tmp_path)

    [entry] = json.loads(found["index.json"])["manifests"]
    assert entry["annotations"] == {"org.opencontainers.image.ref.name": "app:dev"}
    assert entry["digest"] == (
        "sha256:25136fe0c7dabf87f856fea3faa006e9b3ae0ca19f4971f69895a0f0050198d5"
    )
    blobs = {name: it for name, it in found.items() if name.startswith("blobs/")}
    # The index, two manifests, two configurations and the one layer of both images.
    assert len(blobs) == 6
    for name, content in blobs.items():
        assert hashlib.sha256(content).hexdigest() == name.rpartition("/")[2]
