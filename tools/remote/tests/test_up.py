"""Tests of starting a cache; the cases try it."""

import os
import socket
from pathlib import Path

import pytest

from tools.remote import up


def test_settings_name_the_folder_and_both_ports(tmp_path: Path) -> None:
    text = up.write_settings(tmp_path / "cache", 8980, 8981).read_text()

    assert f"root {tmp_path}/cache/blobs;" in text
    assert text.count("listen 127.0.0.1:898") == 2
    assert (tmp_path / "cache/blobs").is_dir()


def test_it_becomes_nginx_and_says_what_to_write_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, command: started.append(command))

    up.main(["--nginx=/x/nginx", "--port=0", f"--folder={tmp_path}"])

    assert started == [
        ["/x/nginx", "-p", str(tmp_path), "-c", f"{tmp_path}/nginx.conf"]
    ]
    said = capsys.readouterr().out
    assert "build --config=cache --remote_cache=http://127.0.0.1:" in said


def test_port_that_is_taken_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = up.main(["--nginx=x", f"--port={port}", f"--folder={tmp_path}"])

    assert code == 1
    assert "can't be listened on" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65535", "http"])
def test_what_is_no_port_is_refused(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        up.main(["--nginx=x", f"--port={port}"])

    assert "is no port, wanted 0 to 65534" in capsys.readouterr().err
