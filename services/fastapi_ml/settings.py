"""What can be set from outside, read once."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Settings:
    """The service's settings; each default serves a developer's machine."""

    host: str = "127.0.0.1"
    port: int = 8000
    max_body_bytes: int = 1_000_000
    log_level: str = "INFO"

    @classmethod
    def read(cls, argv: Sequence[str] | None, environment: Mapping[str, str]) -> Self:
        """Return settings from flags, FASTAPI_ML_* variables or the defaults."""
        parser = argparse.ArgumentParser(
            prog="fastapi_ml",
            description="Serves digit predictions over HTTP.",
            epilog="Each flag can also be given as a variable: FASTAPI_ML_PORT=8001.",
        )

        def add(flag: str, kind: type[int] | type[str], text: str) -> None:
            name = flag.removeprefix("--").replace("-", "_")
            variable = environment.get(f"FASTAPI_ML_{name.upper()}")
            default = getattr(cls, name) if variable is None else variable
            # argparse converts a default that is text by `type`, and complains of it
            # alike.
            parser.add_argument(flag, type=kind, default=default, help=text)

        add("--host", str, "address to listen on (default: 127.0.0.1)")
        add("--port", int, "port to listen on, 0 for a free one (default: 8000)")
        add("--max-body-bytes", int, "largest request body (default: 1000000)")
        add("--log-level", str, "DEBUG, INFO, WARNING or ERROR (default: INFO)")
        return cls(**vars(parser.parse_args(argv)))
