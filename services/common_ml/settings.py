"""What can be set from outside, read once."""

import math
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from libs.mq.places import default_url
from libs.mq.worker import GRACE_SECONDS

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def _level(text: str) -> str:
    if text.upper() not in _LEVELS:
        raise ArgumentTypeError(f"{text!r} is no level, wanted {', '.join(_LEVELS)}")
    return text.upper()


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= 65535):
        raise ArgumentTypeError(f"{text!r} is no port, wanted 0 to 65535")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise ArgumentTypeError(f"{text!r} is no number of seconds, wanted 0 or more")
    return seconds


@dataclass(frozen=True)
class Settings:
    """The worker's settings; each default serves a developer's machine."""

    queue_url: str
    health_host: str = "127.0.0.1"
    health_port: int = 8001
    log_level: str = "INFO"
    # A job that is in hand at the end may take so many seconds more; then another worker gets it.
    stop_seconds: float = GRACE_SECONDS
    once: bool = False

    @classmethod
    def read(cls, argv: Sequence[str] | None, environment: Mapping[str, str]) -> Self:
        """Return settings from flags, COMMON_ML_* variables or the defaults."""
        parser = ArgumentParser(
            prog="common_ml",
            description="Takes jobs from the queue, predicts, and sends the results.",
            epilog="Each flag can also be a variable: COMMON_ML_HEALTH_PORT=9001.",
        )

        def add(
            flag: str, default: str, text: str, kind: Callable[[str], object] = str
        ) -> None:
            name = flag.removeprefix("--").replace("-", "_")
            value = environment.get(f"COMMON_ML_{name.upper()}", default)
            # argparse converts a default that is text by `type`, and checks it alike.
            parser.add_argument(flag, type=kind, default=value, help=text)

        add("--queue-url", default_url(environment), "amqp://… or disk:///folder")
        add("--health-host", cls.health_host, "address of /healthz, /readyz, /metrics")
        port = "their port, 0 for a free one"
        add("--health-port", str(cls.health_port), port, _port)
        add("--log-level", cls.log_level, "DEBUG, INFO, WARNING or ERROR", _level)
        grace = "how long a job may take after SIGTERM, before it goes back"
        add("--stop-seconds", str(cls.stop_seconds), grace, _seconds)
        parser.add_argument("--once", action="store_true", help="stop when it is empty")
        return cls(**vars(parser.parse_args(argv)))
