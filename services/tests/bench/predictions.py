"""Measures predictions per second against the yardstick, and how latency spreads."""

import json
import statistics
from pathlib import Path

from libs.ml.example import EXAMPLE_IMAGE
from services.tests.bench.load import Load, Request, run
from services.tests.programs import Program, start_api

CONSTANT = Path("services/tests/bench/constant")
_ROUNDS = 5
_SECONDS = 4
_USUAL = "--as-it-comes"


def measure(folder: Path) -> list[str]:
    """Return the figures, one a line."""
    environment = {"XDG_STATE_HOME": str(folder)}
    body = json.dumps({"images": [EXAMPLE_IMAGE]}).encode()
    with (
        Program(CONSTANT, folder / "bare.log", environment) as constant,
        Program(CONSTANT, folder / "usual.log", environment, _USUAL) as usual,
        start_api(folder, environment) as api,
    ):
        service = Request(api.address, "/v1/predictions", body)
        yardstick = Request(constant.address, "/v1/predictions", body)
        common = Request(usual.address, "/v1/predictions", body)
        for request in (service, yardstick, common):
            run(request, Load(2))
        rates, bases, usuals = [], [], []
        for _ in range(_ROUNDS):
            rates.append(run(service, Load(_SECONDS)).rate)
            bases.append(run(yardstick, Load(_SECONDS)).rate)
            usuals.append(run(common, Load(_SECONDS)).rate)
        ratio = statistics.median(r / b for r, b in zip(rates, bases, strict=True))
        second = statistics.median(r / u for r, u in zip(rates, usuals, strict=True))
        rate = statistics.median(rates)
        half = run(service, Load(15, rate=rate / 2))
    p50, p99 = half.percentile(50), half.percentile(99)
    return [
        f"predictions: {rate:.0f} per second, yardstick {statistics.median(bases):.0f}",
        f"predictions against the yardstick: {ratio:.2f} (wanted: at least 0.70)",
        f"predictions against FastAPI and uvicorn as they come: {second:.2f}",
        f"latency at half that load: p50 {1000 * p50:.2f} ms, p99 {1000 * p99:.2f} ms",
        f"p99 against p50: {p99 / p50:.2f} (wanted: at most 3.00)",
    ]
