"""What can be set from outside, read once."""

import math
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from libs.mq.places import default_url, state_folder

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def _level(text: str) -> str:
    if text.upper() not in _LEVELS:
        raise ArgumentTypeError(f"{text!r} is no level, wanted {', '.join(_LEVELS)}")
    return text.upper()


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= 65535):
        raise ArgumentTypeError(f"{text!r} is no port, wanted 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise ArgumentTypeError(f"{text!r} is no number, wanted 1 or more")
    return int(text)


def _span(text: str) -> float:
    try:
        span = float(text)
    except ValueError:
        span = math.nan
    if not 0 < span < math.inf:
        raise ArgumentTypeError(f"{text!r} is no span of time, wanted more than 0")
    return span


@dataclass(frozen=True)
class Settings:
    """The service's settings; each default serves a developer's machine."""

    database_url: str
    queue_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    max_body_bytes: int = 1_000_000
    log_level: str = "INFO"
    # After so many seconds without a result a job is sent again, and so often at most.
    job_seconds: float = 60.0
    job_attempts: int = 5
    # Finished jobs are kept for so many days.
    job_days: float = 7.0

    @classmethod
    def read(cls, argv: Sequence[str] | None, environment: Mapping[str, str]) -> Self:
        """Return settings from flags, FASTAPI_ML_* variables or the defaults."""
        parser = ArgumentParser(
            prog="fastapi_ml",
            description="Serves digit predictions over HTTP.",
            epilog="Each flag can also be given as a variable: FASTAPI_ML_PORT=8001.",
        )

        def add(
            flag: str,
            default: str | float,
            text: str,
            kind: Callable[[str], object] = str,
        ) -> None:
            name = flag.removeprefix("--").replace("-", "_")
            value = environment.get(f"FASTAPI_ML_{name.upper()}", str(default))
            # argparse converts a default that is text by `type`, and checks it alike.
            help_text = f"{text} (default: {default})"
            parser.add_argument(flag, type=kind, default=value, help=help_text)

        database = f"sqlite:///{state_folder(environment) / 'jobs.sqlite3'}"
        add("--database-url", database, "sqlite:///path or postgresql://…")
        add("--queue-url", default_url(environment), "amqp://… or disk:///folder")
        add("--host", cls.host, "address to listen on")
        add("--port", cls.port, "port to listen on, 0 for a free one", _port)
        add("--max-body-bytes", cls.max_body_bytes, "largest request body", _count)
        add("--log-level", cls.log_level, "DEBUG, INFO, WARNING or ERROR", _level)
        add("--job-seconds", cls.job_seconds, "patience for a job's result", _span)
        add(
            "--job-attempts",
            cls.job_attempts,
            "how often a job is sent at most",
            _count,
        )
        add("--job-days", cls.job_days, "how long finished jobs are kept", _span)
        return cls(**vars(parser.parse_args(argv)))
