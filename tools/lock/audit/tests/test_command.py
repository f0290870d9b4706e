"""Tests of the command, with an OSV service on loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools.graph.dependencies import Graph
from tools.lock.audit import __main__ as command
from tools.lock.audit.snapshot import SNAPSHOT, parse_snapshot
from tools.schemas.check import checked

LOCK = f"shop==1.0 \\\n    --hash=sha256:{'0' * 64}\n    # via -r requirements.in\n"
RANGE = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}
RECORD = {
    "id": "PYSEC-1",
    "affected": [{"package": {"ecosystem": "PyPI", "name": "shop"}, "ranges": [RANGE]}],
}


class Service(BaseHTTPRequestHandler):
    """Answers with one advisory, on the second page."""

    def do_POST(self) -> None:
        """Answer a query."""
        size = int(self.headers["Content-Length"])
        question = json.loads(self.rfile.read(size))
        known = self.path == "/v1/query" and question["package"]["name"] == "shop"
        page: dict[str, object] = {"next_page_token": "2"}
        if "page_token" in question or not known:
            page = {"vulns": [RECORD]} if known else {}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(page).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class SimpleIndex(BaseHTTPRequestHandler):
    """Says of the file that is pinned that it was neither yanked nor attested."""

    def do_GET(self) -> None:
        """Answer with a page."""
        file = {"hashes": {"sha256": "0" * 64}, "yanked": False, "provenance": None}
        files = [file] if self.path == "/shop/" else []
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"files": files}).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def service(handler: type[BaseHTTPRequestHandler] = Service) -> Iterator[str]:
    """Serve advisories, and give the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a repository of one pin."""
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    # Nothing is asked for beyond loopback.
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9")
    monkeypatch.setattr(command, "where_it_ships", lambda _root, _findings: {})
    (tmp_path / "requirements_lock.txt").write_text(LOCK)
    (tmp_path / "audit.toml").write_text("")
    return tmp_path


def test_without_a_snapshot_nothing_is_audited(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([]) == 2
    assert capsys.readouterr().err.startswith("not audited: there is no advisories")


def test_a_snapshot_is_taken_and_judged(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with service() as address, service(SimpleIndex) as index:
        monkeypatch.setenv("UV_DEFAULT_INDEX", index)
        words = ["--refresh", f"--service={address}", "--today=2026-11-28"]
        assert command.main([*words, "--format=json"]) == 1

    got = checked("audit", capsys.readouterr().out)
    (found,) = got["findings"]
    assert got["releases"] == {
        "not_attested": ["shop"],
        "attestation_unknown": [],
        "yanked_unknown": [],
    }
    assert found["text"].startswith("shop 1.0 has PYSEC-1: no summary")
    known = parse_snapshot((root / SNAPSHOT).read_text())
    assert known.taken.isoformat() == "2026-11-28"
    assert known.names == {"shop"}


def test_a_snapshot_grows_old(
    root: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    (root / "requirements_lock.txt").write_text(LOCK.replace("shop", "other"))
    with service() as address:
        words = ["--refresh", f"--service={address}"]
        assert command.main([*words, "--today=2026-11-28"]) == 0

    assert "no index is configured" in capsys.readouterr().err
    assert command.main(["--today=2026-12-05"]) == 0
    assert capsys.readouterr().out == (
        "attestation unknown: 1: other\nyanked unknown: 1: other\n"
    )
    assert command.main(["--today=2026-12-06"]) == 1
    assert "taken on 2026-11-28, more than 7 days ago" in capsys.readouterr().out


def test_a_service_that_is_out_of_reach_changes_nothing(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with service() as address:
        pass
    (root / SNAPSHOT).write_text("as it was")

    assert command.main(["--refresh", f"--service={address}"]) == 2

    assert "nothing is changed" in capsys.readouterr().err
    assert (root / SNAPSHOT).read_text() == "as it was"


def test_a_snapshot_that_was_changed_is_a_finding(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / SNAPSHOT).write_text("{}\n")

    assert command.main([]) == 1
    assert "[audit/snapshot]" in capsys.readouterr().out


def test_a_distribution_ships_in_the_images_above_it() -> None:
    edges = {
        "//services/x:image": ["//services/x:x"],
        "//services/x:x": ["@pip//kombu"],
        "@pip//kombu": ["@pip//vine"],
        "//libs/y:test": ["@pip//vine"],
    }
    classes = {"//services/x:image": "oci_image", "//libs/y:test": "py_test"}

    graph = Graph(edges, classes)

    assert command.images_with("vine", graph) == ["//services/x:image"]
    assert command.images_with("numpy", graph) == []
