"""Serves newproject until SIGTERM or Ctrl-C."""

import sys

import uvicorn
from pydantic import ValidationError

from tools.scaffold.templates.http import telemetry
from tools.scaffold.templates.http.app import app
from tools.scaffold.templates.http.settings import Settings


def main() -> int:
    """Serve; return 2 where a setting is wrong."""
    try:
        settings = Settings()
    except ValidationError as error:
        print(f"newproject: {error}", file=sys.stderr)
        return 2
    telemetry.configure()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
