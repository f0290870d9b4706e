"""Measures predictions per second against the same service in 60 idiomatic lines, and how latency spreads."""

import json
import statistics
from pathlib import Path

import httpx2 as httpx

from libs.ml.example import EXAMPLE_IMAGE
from services.tests.bench.load import Load, Request, run
from services.tests.programs import Program, start_api
from tools.testing.ports import free_port
from tools.testing.waiting import wait_until

IDIOMATIC = Path("services/tests/bench/idiomatic")
_ROUNDS = 5
_SECONDS = 4


def measure(folder: Path) -> list[str]:
    """Return the figures, one a line."""
    environment = {"XDG_STATE_HOME": str(folder)}
    body = json.dumps({"images": [EXAMPLE_IMAGE]}).encode()
    log, port = folder / "idiomatic.log", str(free_port())
    with (
        Program(IDIOMATIC, log, environment, port) as idiomatic,
        start_api(folder, environment) as api,
    ):
        wait_until(lambda: _answers(idiomatic.address))
        service = Request(api.address, "/v1/predictions", body)
        yardstick = Request(idiomatic.address, "/v1/predictions", body)
        for request in (service, yardstick):
            run(request, Load(2))
        rates, bases = [], []
        for _ in range(_ROUNDS):
            rates.append(run(service, Load(_SECONDS)).rate)
            bases.append(run(yardstick, Load(_SECONDS)).rate)
        ratio = statistics.median(r / b for r, b in zip(rates, bases, strict=True))
        rate = statistics.median(rates)
        half = run(service, Load(15, rate=rate / 2))
    p50, p99 = half.percentile(50), half.percentile(99)
    return [
        f"predictions: {rate:.0f} per second, yardstick {statistics.median(bases):.0f}",
        f"predictions against the yardstick: {ratio:.2f} (wanted: at least 0.60)",
        f"latency at half that load: p50 {1000 * p50:.2f} ms, p99 {1000 * p99:.2f} ms",
        f"p99 against p50: {p99 / p50:.2f} (wanted: at most 3.00)",
    ]


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/openapi.json").status_code == 200
    except httpx.TransportError:
        return False
