"""Does the work of newproject once, and ends: 0 done, 1 failed, 2 a wrong setting."""

import logging
import sys

from pydantic import ValidationError

from tools.scaffold.templates.job.settings import Settings
from tools.scaffold.templates.job.work import work


def main() -> int:
    """Do the work."""
    logging.basicConfig(level=logging.INFO)
    try:
        settings = Settings()
    except ValidationError as error:
        print(f"newproject: {error}", file=sys.stderr)
        return 2
    work(settings.times)
    return 0


if __name__ == "__main__":
    sys.exit(main())
