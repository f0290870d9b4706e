"""The yardstick: an endpoint that validates a body as the service does, and answers a constant.

Invoked as: constant [--as-it-comes]
It logs and records nothing; as FastAPI and uvicorn come, they do both.
"""

import copy
import sys

import uvicorn
from fastapi import FastAPI

from services.fastapi_ml.app import NO_TELEMETRY
from services.fastapi_ml.schemas import (
    PredictedDigit,
    PredictionRequest,
    PredictionResponse,
)
from services.fastapi_ml.server import listen

_ANSWER = PredictionResponse(
    predictions=[
        PredictedDigit(digit=0, confidence=1.0, probabilities=[1.0] + [0.0] * 9)
    ]
)


async def predict(body: PredictionRequest) -> PredictionResponse:
    """Return the constant."""
    return _ANSWER


def as_it_comes() -> uvicorn.Config:
    """Return the endpoint with what FastAPI and uvicorn do unasked."""
    app = FastAPI()
    app.post("/v1/predictions")(predict)
    logging = copy.deepcopy(uvicorn.config.LOGGING_CONFIG)
    # Whoever starts this reads one line of its output.
    logging["handlers"]["access"]["stream"] = "ext://sys.stderr"
    return uvicorn.Config(app, log_config=logging)


def bare() -> uvicorn.Config:
    """Return the endpoint and nothing else."""
    app = FastAPI(telemetry=NO_TELEMETRY)
    app.post("/v1/predictions")(predict)
    return uvicorn.Config(app, access_log=False, log_config=None)


def main() -> int:
    """Serve on a free port, and say where."""
    config = as_it_comes() if "--as-it-comes" in sys.argv else bare()
    with listen("127.0.0.1", 0) as listener:
        print(
            f"constant serves on http://127.0.0.1:{listener.getsockname()[1]}",
            flush=True,
        )
        uvicorn.Server(config).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
