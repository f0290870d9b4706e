"""Runs newproject until SIGTERM or Ctrl-C."""

import logging
import signal
import sys
from threading import Event

from pydantic import ValidationError

from tools.scaffold.templates.worker.health import serving
from tools.scaffold.templates.worker.settings import Settings
from tools.scaffold.templates.worker.worker import run


def main() -> int:
    """Work; return 2 where a setting is wrong."""
    logging.basicConfig(level=logging.INFO)
    try:
        settings = Settings()
    except ValidationError as error:
        print(f"newproject: {error}", file=sys.stderr)
        return 2
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with serving(settings.health_host, settings.health_port):
        run(stop, settings.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
