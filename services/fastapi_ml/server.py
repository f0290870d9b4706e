"""Runs the app on a socket, and says how to use it."""

import json
import socket
import sys
from collections.abc import Sequence

import uvicorn

from libs.ml.example import EXAMPLE_IMAGE
from libs.mq import defaults
from libs.telemetry import prometheus
from libs.telemetry.configuration import configure
from libs.telemetry.exporters import ExporterError
from services.fastapi_ml.app import create_app
from services.fastapi_ml.databases import StoreError, sqlite_folder
from services.fastapi_ml.schema import REVISIONS, SchemaError
from services.fastapi_ml.settings import Settings
from services.fastapi_ml.store import JobStore

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
    """Return what is printed at the start: the last line can be pasted."""
    body = json.dumps({"images": [EXAMPLE_IMAGE]}, separators=(",", ":"))
    return (
        f"fastapi_ml serves on {base} (Ctrl-C stops it). Try:\n"
        f"curl -s {base}/v1/predictions -H 'content-type: application/json' -d '{body}'"
    )


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server(
        (host, port),
        family=family,
        backlog=_BACKLOG,
        dualstack_ipv6=family == socket.AF_INET6,
    )
    # Connections inherit it. asyncio turns Nagle's algorithm off for sockets of its own making only, and each
    # answer would wait 40 ms for the client's ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def look_at_store(settings: Settings) -> None:
    """Migrate the job store where that is asked for, or else see that its schema is the one wanted.

    Raises:
        StoreError: It is another, or can't be migrated.
    """
    store = JobStore(settings.database_url, settings.job_seconds)
    try:
        if settings.migrate:
            store.migrate()
            print(f"the job store has schema {REVISIONS[-1]}")
        else:
            store.check()
    except SchemaError:
        raise
    except StoreError:
        # One that can't be reached is tried again, and predictions need none.
        if settings.migrate:
            raise
    finally:
        store.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; return 0, or 1 where it can't serve."""
    settings = Settings.read(argv)
    try:
        look_at_store(settings)
        if settings.migrate:
            return 0
        telemetry = configure(
            "fastapi_ml", level=settings.log_level, readers=[prometheus.reader()]
        )
        listener = listen(settings.host, settings.port)
    except (ExporterError, StoreError) as error:
        print(f"fastapi_ml can't start: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"fastapi_ml can't listen on {settings.host}:{settings.port}: {error.strerror}. "
            "Fix: choose another port by --port, or 0 for a free one.",
            file=sys.stderr,
        )
        return 1
    queue, database = settings.queue_url, settings.database_url
    defaults.warn_if_unusable(defaults.disk_folder(queue), "FASTAPI_ML_QUEUE_URL")
    defaults.warn_if_unusable(sqlite_folder(database), "FASTAPI_ML_DATABASE_URL")
    config = uvicorn.Config(
        create_app(settings),
        # libs/telemetry logs requests, and everything else as JSON.
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config)
    with listener, telemetry:
        server.run(sockets=[listener])
    return 0 if server.started else 1
