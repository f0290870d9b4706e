"""Runs the worker until it is told to stop."""

import signal
import sys
import threading
from collections.abc import Sequence

from libs.contracts.digits import JobMessage, JobResult
from libs.ml import classifier
from libs.ml.model_file import ModelError
from libs.mq import defaults
from libs.mq.worker import Worker
from libs.telemetry import prometheus
from libs.telemetry.configuration import configure
from libs.telemetry.exporters import ExporterError
from services.common_ml import health, worker
from services.common_ml.health import Probe
from services.common_ml.settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Work until SIGTERM or Ctrl-C; return 0, or 1 where it can't work."""
    settings = Settings.read(argv)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        loop = Worker(settings.queue_url, worker.task(classifier.load()))
        telemetry = configure(
            "common_ml", level=settings.log_level, readers=[prometheus.reader()]
        )
    except (ModelError, ExporterError) as error:
        print(f"common_ml can't start: {error}", file=sys.stderr)
        return 1
    folder = defaults.disk_folder(settings.queue_url)
    defaults.warn_if_unusable(folder, "COMMON_ML_QUEUE_URL")
    with telemetry:
        return _work(settings, loop, stop)


def _work(
    settings: Settings, loop: Worker[JobMessage, JobResult], stop: threading.Event
) -> int:
    probes = {
        "/healthz": Probe(loop.is_alive, "the loop hangs"),
        "/readyz": Probe(loop.is_connected, "no connection to the queue"),
    }
    try:
        with health.serving(
            settings.health_host, settings.health_port, probes
        ) as address:
            print(f"common_ml works; its health is at {address}/healthz", flush=True)
            loop.run(stop, until_empty=settings.once, grace=settings.stop_seconds)
    except OSError as error:
        print(
            f"common_ml can't listen on {settings.health_host}:{settings.health_port}: "
            f"{error.strerror}. Fix: choose another port by --health-port.",
            file=sys.stderr,
        )
        return 1
    return 0
