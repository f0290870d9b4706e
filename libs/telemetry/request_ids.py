"""Names the request that is being served, for every log line written while it lasts."""

import random
import re
from contextvars import ContextVar

HEADER = "X-Request-ID"

current: ContextVar[str | None] = ContextVar("request_id", default=None)

# What a caller sends ends up in log lines and in a response header: letters and digits
# only, and few.
_ACCEPTABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def choose(offered: str | None) -> str:
    """Return the caller's request id if it is harmless, else a new one."""
    if offered and _ACCEPTABLE.fullmatch(offered):
        return offered
    return f"{random.getrandbits(128):032x}"
