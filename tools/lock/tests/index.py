"""An index of packages on loopback, with wheels that a test makes, for the real uv."""

import base64
import hashlib
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

JSON = "application/vnd.pypi.simple.v1+json"


class Index:
    """What the index has, and whom it lets in."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.yanked: set[str] = set()
        # What is said of each file besides.
        self.more: dict[str, object] = {}
        self.algorithm = "sha256"
        self.uploaded = "2026-01-01T00:00:00Z"
        self.login = ""
        self.refusal = 401

    def add(self, name: str, version: str, *requires: str) -> str:
        """Add a wheel, and return its file's name."""
        module = name.replace("-", "_")
        info = f"{module}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        metadata += "".join(f"Requires-Dist: {it}\n" for it in requires)
        content = BytesIO()
        with zipfile.ZipFile(content, "w") as wheel:
            wheel.writestr(f"{module}.py", "A = 1\n")
            wheel.writestr(f"{info}/METADATA", metadata)
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
        file = f"{module}-{version}-py3-none-any.whl"
        self.files[file] = content.getvalue()
        return file

    def page(self, name: str) -> bytes:
        """Return the page of a distribution; empty where there is none."""
        own = [f for f in self.files if f.split("-")[0].replace("_", "-") == name]
        files = [
            {
                "filename": file,
                "url": f"/files/{file.replace('+', '%2B')}",
                "hashes": {
                    self.algorithm: hashlib.new(
                        self.algorithm, self.files[file]
                    ).hexdigest()
                },
                "upload-time": self.uploaded,
                "yanked": file in self.yanked,
            }
            | self.more
            for file in own
        ]
        page = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
        return json.dumps(page).encode() if own else b""

    def answer(self, path: str, authorization: str) -> tuple[int, str, bytes]:
        """Return what is answered to a request."""
        login = "Basic " + base64.b64encode(self.login.encode()).decode()
        if self.login and authorization != login:
            return self.refusal, "text/plain", b""
        folder, _, name = path.strip("/").partition("/")
        if folder == "simple":
            body, kind = self.page(name), JSON
        else:
            body, kind = self.files.get(name.replace("%2B", "+"), b""), "x/wheel"
        return (200 if body else 404), kind, body


@contextmanager
def serve(index: Index) -> Iterator[str]:
    """Serve an index, and give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Authorization") or ""
            status, kind, body = index.answer(self.path, asked)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.do_GET()

        # pyrefly: ignore[bad-override]  # it is called by position
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(
            target=server.serve_forever, args=[0.01], daemon=True
        )
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/simple"
        server.shutdown()
