"""Serves a container registry on loopback until it is interrupted.

Invoked as: bazel run //tools/registry [-- --port 5001] [--disk FOLDER]
It is crane's own registry: what is pushed lives in memory and is gone when it ends;
--disk names a folder that keeps the blobs, though not the manifests.
Exits 0 when it is interrupted, 1 where it can't serve.

Examples:
  bazel run //tools/registry
  bazel run //tools/registry -- --port 5002 --disk /tmp/blobs
"""

import argparse
import os
import sys
from argparse import ArgumentTypeError
from collections.abc import Sequence
from pathlib import Path

from tools.registry import serving
from tools.workspace.command import plain_parser


def _folder(text: str) -> Path:
    # `bazel run` starts programs in their runfiles.
    folder = Path(os.environ.get("BUILD_WORKING_DIRECTORY", ""), text).absolute()
    try:
        # crane starts without it, and then refuses every blob.
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArgumentTypeError(f"{text!r} can't be a folder: {error}") from error
    return folder


def main(argv: Sequence[str] | None = None) -> int:
    """Serve a registry; return 1 where the port is taken."""
    parser = plain_parser("//tools/registry", __doc__)
    parser.add_argument(
        "--port", type=serving.port_number, default=serving.DEFAULT_PORT
    )
    parser.add_argument("--disk", type=_folder, help="folder that keeps the blobs")
    parser.add_argument("--crane", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    try:
        port = serving.free_port(options.port)
    except serving.PortError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"registry: serving at {serving.HOST}:{port}; Ctrl-C ends it", flush=True)
    return serving.serve(serving.command(options.crane, port, options.disk))


if __name__ == "__main__":
    sys.exit(main())
