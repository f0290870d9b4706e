"""What can be set from outside, read once."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from libs.mq.places import default_url, state_folder


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
        parser = argparse.ArgumentParser(
            prog="fastapi_ml",
            description="Serves digit predictions over HTTP.",
            epilog="Each flag can also be given as a variable: FASTAPI_ML_PORT=8001.",
        )

        def add(flag: str, default: str | float, text: str) -> None:
            name = flag.removeprefix("--").replace("-", "_")
            value = environment.get(f"FASTAPI_ML_{name.upper()}", str(default))
            # argparse converts a default that is text by `type`, and checks it alike.
            help_text = f"{text} (default: {default})"
            parser.add_argument(flag, type=type(default), default=value, help=help_text)

        database = f"sqlite:///{state_folder(environment) / 'jobs.sqlite3'}"
        add("--database-url", database, "sqlite:///path or postgresql://…")
        add("--queue-url", default_url(environment), "amqp://… or disk:///folder")
        add("--host", cls.host, "address to listen on")
        add("--port", cls.port, "port to listen on, 0 for a free one")
        add("--max-body-bytes", cls.max_body_bytes, "largest request body")
        add("--log-level", cls.log_level, "DEBUG, INFO, WARNING or ERROR")
        add("--job-seconds", cls.job_seconds, "patience for a job's result")
        add("--job-attempts", cls.job_attempts, "how often a job is sent at most")
        add("--job-days", cls.job_days, "how long finished jobs are kept")
        return cls(**vars(parser.parse_args(argv)))
