"""Shows the page: in the reader's browser, or served on loopback."""

import functools
import http.server
import sys
import webbrowser
from pathlib import Path


def open_page(url: str) -> None:
    """Open a page in the reader's browser."""
    webbrowser.open(url)


def serve(index: Path, port: int, *, opens: bool) -> None:
    """Serve the page on loopback until interrupted.

    Args:
        index: the site's first page.
        port: where to listen; 0 for any free port.
        opens: whether the reader's browser is opened too.
    """
    handler = functools.partial(
        http.server.SimpleHTTPRequestHandler, directory=str(index.parent)
    )
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        url = f"http://127.0.0.1:{server.server_port}/"
        print(url, flush=True)
        if opens:
            open_page(url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
