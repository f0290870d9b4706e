"""Runs the app on a socket, and tells a person how to use it."""

import json
import logging
import os
import socket
import sys
from collections.abc import Sequence

import uvicorn

from libs.ml.example import EXAMPLE_IMAGE
from libs.mq import places
from libs.mq.connections import UrlError
from libs.telemetry import prometheus
from libs.telemetry.configuration import configure
from libs.telemetry.exporters import ExporterError
from services.fastapi_ml import databases
from services.fastapi_ml.answers import GatheringProtocol
from services.fastapi_ml.app import create_app
from services.fastapi_ml.databases import DatabaseUrlError
from services.fastapi_ml.settings import Settings

_log = logging.getLogger(__name__)

# Long enough for any request that this service answers; with what the jobs and telemetry
# take at the end, shorter than the 10 s after which orchestrators kill.
_GRACE_SECONDS = 5
_BACKLOG = 2048


class _Server(uvicorn.Server):
    """A server that says where it serves once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or []:
            print(greeting(url(listener)), flush=True)


def url(listener: socket.socket) -> str:
    """Return the address that a socket can be reached at."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def greeting(base: str) -> str:
    """Return what a person is told at the start: the last line can be pasted."""
    body = json.dumps({"images": [EXAMPLE_IMAGE]}, separators=(",", ":"))
    return (
        f"fastapi_ml serves on {base} (Ctrl-C stops it). Try:\n"
        f"curl -s {base}/v1/predictions -H 'content-type: application/json' -d '{body}'"
    )


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, which socket.create_server leaves open: asyncio turns Nagle's algorithm
    # off for nothing else, and each answer would wait 40 ms for the client's ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def warn_of_unusable_places(settings: Settings) -> None:
    """Say which setting mends it where jobs can't be kept: predictions are served all the same."""
    for variable, folder in (
        ("FASTAPI_ML_QUEUE_URL", places.disk_folder(settings.queue_url)),
        ("FASTAPI_ML_DATABASE_URL", databases.sqlite_folder(settings.database_url)),
    ):
        if folder and (why := places.why_unusable(folder)):
            _log.warning(places.UNUSABLE, why, variable)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; return 0, or 1 where it can't serve."""
    settings = Settings.read(argv, os.environ)
    try:
        telemetry = configure(
            "fastapi_ml", level=settings.log_level, readers=[prometheus.reader()]
        )
        app = create_app(settings)
    except (ExporterError, UrlError, DatabaseUrlError) as error:
        print(f"fastapi_ml can't start: {error}", file=sys.stderr)
        return 1
    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        print(
            f"fastapi_ml can't listen on {settings.host}:{settings.port}: {error.strerror}. "
            "Fix: choose another port by --port, or 0 for a free one.",
            file=sys.stderr,
        )
        return 1
    warn_of_unusable_places(settings)
    config = uvicorn.Config(
        app,
        http=GatheringProtocol,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config)
    with listener, telemetry:
        server.run(sockets=[listener])
    return 0 if server.started else 1
