"""Serves the sum of what is asked for, to see an image work: GET /sum?1,2,3."""

import http.server
import os
import signal
import sys

import numpy


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers one request."""

    def do_GET(self) -> None:
        """Answer with the sum, or that the service is well."""
        numbers = self.path.partition("?")[2].split(",")
        body = str(
            int(numpy.sum([int(number) for number in numbers if number]))
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> int:
    """Serve until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    port = int(os.environ.get("PORT", "8080"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        print(f"serving on {server.server_port}", flush=True)
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
