"""Serves a cache for builds on loopback, by nginx, until it is interrupted.

Invoked as: bazel run //tools/remote:up [-- --port 8980] [--folder FOLDER]
Results stay in the folder. Exit codes: 0 ended, 1 a port is taken, 2 bad usage.

Examples:
  bazel run //tools/remote:up
  bazel run //tools/remote:up -- --port 8981 --folder /tmp/cache
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.registry.serving import HOST, PortError, free_port, port_number, serve
from tools.workspace.command import plain_parser

CONF = Path(__file__).with_name("nginx.conf")
SERVING = """\
cache: serving at http://{host}:{port}; Ctrl-C ends it. In .bazelrc.user stands, where results are written:
build --config=cache-write --remote_cache=http://{host}:{port}
and where they are only read:
build --config=cache --remote_cache=http://{host}:{readonly}
"""


def _port(text: str) -> int:
    # The next one is taken, too.
    return port_number(text, most=65534)


def kept_folder(asked: Path | None, name: str) -> Path:
    """Return the folder that a person asks for, or one of the user's caches."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    called = os.environ.get("BUILD_WORKING_DIRECTORY", "")
    return Path(called, asked or caches / name).absolute()


def write_settings(folder: Path, port: int, readonly: int) -> Path:
    """Write nginx's settings for a folder and two ports; return the file."""
    (folder / "blobs").mkdir(parents=True, exist_ok=True)
    # nginx started by root works as nobody, who may not write there.
    user = "user root;\n" if os.geteuid() == 0 else ""
    text = CONF.read_text(encoding="utf-8")
    file = folder / "nginx.conf"
    settings = text.format(
        folder=folder, host=HOST, port=port, readonly=readonly, user=user
    )
    file.write_text(settings, encoding="utf-8")
    return file


def main(argv: Sequence[str] | None = None) -> int:
    """Become the server, so that a signal to this process ends it."""
    parser = plain_parser("//tools/remote:up", __doc__)
    parser.add_argument("--port", type=_port, default=8980, help="0 for any free ones")
    parser.add_argument("--folder", type=Path, help="what keeps the results")
    parser.add_argument("--nginx", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    folder = kept_folder(options.folder, "monorepo-remote")
    try:
        port = free_port(options.port)
        readonly = free_port(port + 1 if options.port else 0)
    except PortError as error:
        print(error, file=sys.stderr)
        return 1
    settings = write_settings(folder, port, readonly)
    print(SERVING.format(host=HOST, port=port, readonly=readonly), end="", flush=True)
    nginx = os.path.abspath(options.nginx)
    return serve([nginx, "-p", str(folder), "-c", str(settings)])


if __name__ == "__main__":
    sys.exit(main())
