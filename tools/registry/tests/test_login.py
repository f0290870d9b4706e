"""Tests that credentials get into Docker's file, beside what it holds, and nowhere else."""

import base64
import json
from pathlib import Path

import pytest

from tools.registry.login import LoginError, config_file, login, main

ENVIRONMENT = {"REGISTRY_USER": "robot", "REGISTRY_PASSWORD": "p:s"}


def test_credentials_are_those_of_the_host(tmp_path: Path) -> None:
    file = tmp_path / "docker/config.json"

    host = login("registry.example:5000/team/repo", file, ENVIRONMENT)

    assert host == "registry.example:5000"
    auth = json.loads(file.read_text())["auths"][host]["auth"]
    assert base64.b64decode(auth) == b"robot:p:s"
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_the_file_holds_stays(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"auths": {"other": {"auth": "x"}}, "credsStore": "pass"}')

    login("registry.example", file, ENVIRONMENT)

    settings = json.loads(file.read_text())
    assert sorted(settings["auths"]) == ["other", "registry.example"]
    assert settings["credsStore"] == "pass"
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


def test_what_is_missing_or_broken_is_said(tmp_path: Path) -> None:
    file = tmp_path / "config.json"

    with pytest.raises(LoginError, match=r"^REGISTRY_PASSWORD not set, wanted .*\nFix"):
        login("registry.example", file, {"REGISTRY_USER": "robot"})
    file.write_text("{")
    with pytest.raises(LoginError, match=r"config\.json is no JSON: .*\nFix: "):
        login("registry.example", file, ENVIRONMENT)


def test_the_file_is_dockers_own(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    assert main(["registry.example/x"]) == 0

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"registry: the credentials of registry.example are in {tmp_path}/config.json\n"
    )
    assert (tmp_path / "config.json").exists()
    assert config_file({}) == Path.home() / ".docker/config.json"
